//! What a database is to the rest of the house: transactions of prepared statements.

use async_trait::async_trait;

use super::statement::Sql;

/// Why the store could not do it. Never holds a value of a row.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with the same key is there already.
    #[error("a row with the same key exists")]
    Unique,
    /// The engine asks to do the whole transaction once more.
    #[error("the database is busy; the transaction may be repeated")]
    Busy,
    /// The database file or server is newer than this program.
    #[error("the database has migration {found}, this program knows {known}: use a newer program")]
    Newer { found: i64, known: i64 },
    /// A shipped migration is not the one that was applied.
    #[error("migration {0} differs from the one that was applied")]
    MigrationChanged(i64),
    /// A column does not hold what the repository expects.
    #[error("column {0} does not hold what is expected")]
    Shape(usize),
    /// A stored document cannot be read.
    #[error("a stored {0} cannot be read")]
    Document(&'static str),
    /// The database is closed or its thread is gone.
    #[error("the database is closed")]
    Closed,
    #[error("database: {0}")]
    Engine(String),
}

/// One value of a row or parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => |$x:ident| $to:expr),* $(,)?) => {
        $(impl From<$from> for Value {
            fn from($x: $from) -> Self {
                $to
            }
        })*
    };
}

value_from! {
    i64 => |x| Self::Int(x),
    u32 => |x| Self::Int(i64::from(x)),
    bool => |x| Self::Int(i64::from(x)),
    f64 => |x| Self::Double(x),
    &str => |x| Self::Text(x.to_owned()),
    &String => |x| Self::Text(x.clone()),
    String => |x| Self::Text(x),
    Vec<u8> => |x| Self::Bytes(x),
    &[u8] => |x| Self::Bytes(x.to_vec()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(x: Option<T>) -> Self {
        x.map_or(Self::Null, Into::into)
    }
}

/// One row, read by column index from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    fn at(&self, column: usize) -> Result<&Value, StoreError> {
        self.0.get(column).ok_or(StoreError::Shape(column))
    }
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or(StoreError::Shape(column))
    }
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.at(column)? {
            Value::Int(x) => Ok(Some(*x)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Shape(column)),
        }
    }
    /// A count or another number that is never negative.
    pub fn count(&self, column: usize) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|_| StoreError::Shape(column))
    }
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }
    /// Whole numbers count as doubles too, as SQLite keeps them so.
    pub fn double(&self, column: usize) -> Result<f64, StoreError> {
        match self.at(column)? {
            Value::Double(x) => Ok(*x),
            #[allow(clippy::cast_precision_loss)]
            Value::Int(x) => Ok(*x as f64),
            _ => Err(StoreError::Shape(column)),
        }
    }
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or(StoreError::Shape(column))
    }
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.at(column)? {
            Value::Text(x) => Ok(Some(x.clone())),
            Value::Null => Ok(None),
            _ => Err(StoreError::Shape(column)),
        }
    }
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.opt_bytes(column)?.ok_or(StoreError::Shape(column))
    }
    pub fn opt_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.at(column)? {
            Value::Bytes(x) => Ok(Some(x.clone())),
            Value::Null => Ok(None),
            _ => Err(StoreError::Shape(column)),
        }
    }
}

/// A database. Everything happens inside a transaction, also reading, so that what is read
/// together agrees.
#[async_trait]
pub trait Db: Send + Sync {
    /// Begins a transaction that only reads; dropping it ends it.
    async fn read(&self) -> Result<Box<dyn Tx>, StoreError>;
    /// Begins a transaction that may write; only [`Tx::commit`] makes it last, dropping it undoes it.
    async fn write(&self) -> Result<Box<dyn Tx>, StoreError>;
}

/// A transaction. An error leaves it unusable; it is to be dropped then.
#[async_trait]
pub trait Tx: Send {
    /// Executes a statement without a result; gives the number of rows changed.
    async fn run(&mut self, sql: &Sql, params: Vec<Value>) -> Result<u64, StoreError>;
    /// All rows of a query, or of a statement with `RETURNING`.
    async fn rows(&mut self, sql: &Sql, params: Vec<Value>) -> Result<Vec<Row>, StoreError>;
    /// Prepares without executing: says whether the engine accepts the statement.
    async fn check(&mut self, sql: &Sql) -> Result<(), StoreError>;
    /// Runs a script of several statements without parameters, as migrations are.
    async fn script(&mut self, text: &'static str) -> Result<(), StoreError>;
    /// Makes everything last: when this returns, it is on the disk.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

impl dyn Tx + '_ {
    /// The first row, if there is one.
    pub async fn row(&mut self, sql: &Sql, params: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }
}

/// A parameter list: `params![id, at.0, None::<String>]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::store::Value::from($value)),*]
    };
}

pub(crate) use params;
