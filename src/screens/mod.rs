//! Connects view models to Slint: callbacks become messages, views become properties.
