//! SQLite: one thread writes, a few read.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, params_from_iter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::db::{Db, Row, StoreError, Tx, Value};
use super::statement::Sql;

/// Threads that read beside the one that writes.
const READERS: usize = 3;
/// How long another process may hold the lock before a transaction gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept by each connection.
const PREPARED: usize = 128;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A database file.
pub struct Sqlite {
    writer: Pool,
    readers: Pool,
}

impl Sqlite {
    /// Opens the file, which is created when there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = Connection::open(path)?;
        writer.busy_timeout(BUSY_TIMEOUT)?;
        // Deleted rows are overwritten (a person's key must not linger in free pages), and triggers
        // also fire for what REPLACE removes.
        writer.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA recursive_triggers = ON;",
        )?;
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let reader = Connection::open(path)?;
            reader.busy_timeout(BUSY_TIMEOUT)?;
            reader.execute_batch("PRAGMA query_only = ON;")?;
            readers.push(Worker::start(reader)?);
        }
        Ok(Self {
            writer: Pool::new(vec![Worker::start(writer)?]),
            readers: Pool::new(readers),
        })
    }
}

#[async_trait]
impl Db for Sqlite {
    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.readers.begin("BEGIN").await?))
    }
    async fn write(&self) -> Result<Box<dyn Tx>, StoreError> {
        // IMMEDIATE: a lock that is upgraded midway could fail for no reason of the caller's.
        Ok(Box::new(self.writer.begin("BEGIN IMMEDIATE").await?))
    }
}

/// A connection on its own thread. Dropping it does what is still queued, closes the connection, and
/// waits for that: whoever drops a database may then copy or open its file.
struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(mut connection: Connection) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(PREPARED);
        let (jobs, todo) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("sqlite".to_owned())
            .spawn(move || {
                for job in todo {
                    job(&mut connection);
                }
            })
            .map_err(|e| StoreError::Engine(e.to_string()))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).map_err(|_| StoreError::Closed)
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(move |connection| {
            // Nobody waits any more: the transaction was dropped and its rollback follows.
            let _ = answer.send(work(connection));
        }))?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

struct Pool {
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Worker>>>,
}

impl Pool {
    fn new(workers: Vec<Worker>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(workers.len())),
            idle: Arc::new(Mutex::new(workers)),
        }
    }

    async fn begin(&self, begin: &'static str) -> Result<SqliteTx, StoreError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Closed)?;
        let worker = self
            .idle
            .lock()
            .expect("no panic while the list is held")
            .pop()
            .ok_or(StoreError::Closed)?;
        // From here on dropping gives the worker back.
        let tx = SqliteTx {
            worker: Some(worker),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        };
        tx.call(move |c| Ok(c.execute_batch(begin)?)).await?;
        Ok(tx)
    }
}

/// Owns a connection until it is dropped; the permit, freed last, lets the next one in.
struct SqliteTx {
    worker: Option<Worker>,
    idle: Arc<Mutex<Vec<Worker>>>,
    _permit: OwnedSemaphorePermit,
}

impl SqliteTx {
    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.worker {
            Some(worker) => worker.call(work).await,
            None => Err(StoreError::Closed),
        }
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            // Runs before any job of the next owner, as the jobs are a queue.
            let _ = worker.send(Box::new(|connection| {
                if !connection.is_autocommit()
                    && let Err(error) = connection.execute_batch("ROLLBACK")
                {
                    tracing::error!(%error, "a transaction could not be undone");
                }
            }));
            self.idle
                .lock()
                .expect("no panic while the list is held")
                .push(worker);
        }
    }
}

#[async_trait]
impl Tx for SqliteTx {
    async fn run(&mut self, sql: &Sql, params: Vec<Value>) -> Result<u64, StoreError> {
        let text = sql.text();
        self.call(move |c| {
            let changed = c
                .prepare_cached(text)?
                .execute(params_from_iter(params.iter().map(Bind)))?;
            Ok(changed as u64)
        })
        .await
    }

    async fn rows(&mut self, sql: &Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let text = sql.text();
        self.call(move |c| {
            let mut statement = c.prepare_cached(text)?;
            let columns = statement.column_count();
            let mut rows = statement.query(params_from_iter(params.iter().map(Bind)))?;
            let mut read = Vec::new();
            while let Some(row) = rows.next()? {
                let mut values = Vec::with_capacity(columns);
                for column in 0..columns {
                    values.push(value(row.get_ref(column)?, column)?);
                }
                read.push(Row(values));
            }
            Ok(read)
        })
        .await
    }

    async fn check(&mut self, sql: &Sql) -> Result<(), StoreError> {
        let text = sql.text();
        self.call(move |c| Ok(c.prepare(text).map(|_| ())?)).await
    }

    async fn script(&mut self, text: &'static str) -> Result<(), StoreError> {
        self.call(move |c| Ok(c.execute_batch(text)?)).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.call(|c| Ok(c.execute_batch("COMMIT")?)).await
    }
}

struct Bind<'a>(&'a Value);

impl rusqlite::ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(x) => ValueRef::Integer(*x),
            Value::Double(x) => ValueRef::Real(*x),
            Value::Text(x) => ValueRef::Text(x.as_bytes()),
            Value::Bytes(x) => ValueRef::Blob(x),
        }))
    }
}

fn value(from: ValueRef<'_>, column: usize) -> Result<Value, StoreError> {
    Ok(match from {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(x) => Value::Int(x),
        ValueRef::Real(x) => Value::Double(x),
        ValueRef::Text(x) => Value::Text(
            std::str::from_utf8(x)
                .map_err(|_| StoreError::Shape(column))?
                .to_owned(),
        ),
        ValueRef::Blob(x) => Value::Bytes(x.to_vec()),
    })
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(e) if matches!(e.extended_code, 1555 | 2067) => Self::Unique,
            Some(e) if matches!(e.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy
            }
            // The engine names tables and columns, never values.
            _ => Self::Engine(error.to_string()),
        }
    }
}
