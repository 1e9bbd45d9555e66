//! The one integration binary: linking once keeps the tests quick on two cores.

mod central_customers;
mod central_ingest;
mod central_setup;
mod console;
mod desk_errands;
mod desk_screen;
mod display_screen;
mod end_to_end;
mod floor_check_in;
mod floor_flow;
mod floor_outbox;
mod floor_printing;
mod floor_restart;
mod glyphs;
mod kiosk_guest;
mod kiosk_screen;
mod kiosk_story;
mod layers;
mod live;
mod printer;
mod replay;
mod support;
mod ticket;
