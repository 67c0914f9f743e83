//! A table as the migrations write it: columns with their meaning and kind, named constraints, and
//! the SQL of both engines made from that by sea-query. No table is defined here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// What a column holds. The kind decides the type on each engine and the CHECK that comes with it.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Any text.
    Text,
    /// One of a closed list of words.
    Word(&'static [&'static str]),
    /// A calendar day, `YYYY-MM-DD`.
    Day,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant,
    /// Money, fen, never negative.
    Fen,
    /// A balance, fen, that may be negative.
    Balance,
    /// Class hours in hundredths, never negative.
    Hours,
    /// A number from zero.
    Count,
    /// A small number from zero.
    Small,
    /// A UUID.
    Id,
    /// A SHA-256 hash.
    Hash,
    /// Bytes.
    Bytes,
    /// Yes or no.
    Flag,
}

struct Column {
    name: &'static str,
    kind: Kind,
    optional: bool,
    comment: &'static str,
}

/// A table under construction.
pub struct Def {
    name: &'static str,
    comment: &'static str,
    columns: Vec<Column>,
    key: &'static [&'static str],
    uniques: Vec<(&'static str, &'static [&'static str])>,
    checks: Vec<(&'static str, &'static str)>,
    references: Vec<(&'static str, &'static str, &'static str)>,
    indexes: Vec<(&'static str, &'static [&'static str])>,
    clustered: bool,
}

/// A table with its meaning.
pub fn table(name: &'static str, comment: &'static str) -> Def {
    Def {
        name,
        comment,
        columns: Vec::new(),
        key: &[],
        uniques: Vec::new(),
        checks: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
        clustered: true,
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $kind:ident, optional $optional:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(self, name: &'static str, comment: &'static str) -> Def {
            self.column(name, Kind::$kind, $optional, comment)
        }
    )*};
}

impl Def {
    fn column(mut self, name: &'static str, kind: Kind, optional: bool, comment: &'static str) -> Def {
        self.columns.push(Column { name, kind, optional, comment });
        self
    }

    kinds! {
        /// Text.
        text = Text, optional false;
        /// Text, may be absent.
        text_opt = Text, optional true;
        /// Calendar day.
        day = Day, optional false;
        /// Calendar day, may be absent.
        day_opt = Day, optional true;
        /// Instant.
        instant = Instant, optional false;
        /// Instant, may be absent.
        instant_opt = Instant, optional true;
        /// Money.
        fen = Fen, optional false;
        /// Money, may be absent.
        fen_opt = Fen, optional true;
        /// A balance that may be negative.
        balance = Balance, optional false;
        /// Class hours.
        hours = Hours, optional false;
        /// A number from zero.
        count = Count, optional false;
        /// A number from zero, may be absent.
        count_opt = Count, optional true;
        /// A small number from zero.
        small = Small, optional false;
        /// UUID.
        id = Id, optional false;
        /// UUID, may be absent.
        id_opt = Id, optional true;
        /// SHA-256.
        hash = Hash, optional false;
        /// Bytes.
        bytes = Bytes, optional false;
        /// Bytes, may be absent.
        bytes_opt = Bytes, optional true;
        /// Yes or no.
        flag = Flag, optional false;
    }

    /// One of a closed list of words.
    pub fn word(self, name: &'static str, words: &'static [&'static str], comment: &'static str) -> Def {
        self.column(name, Kind::Word(words), false, comment)
    }

    /// The ledger that the row belongs to: first in every key, so that ledgers can be sharded.
    pub fn ledger(self) -> Def {
        self.text("ledger_id", "Ledger (region code)")
    }

    /// The primary key, named `pk_<table>`.
    pub fn key(mut self, columns: &'static [&'static str]) -> Def {
        self.key = columns;
        self
    }

    /// A unique constraint.
    pub fn unique(mut self, name: &'static str, columns: &'static [&'static str]) -> Def {
        self.uniques.push((name, columns));
        self
    }

    /// A CHECK beyond those that the kinds bring.
    pub fn check(mut self, name: &'static str, condition: &'static str) -> Def {
        self.checks.push((name, condition));
        self
    }

    /// A reference to the like-named column of another table; deleted together.
    pub fn references(mut self, name: &'static str, column: &'static str, other: &'static str) -> Def {
        self.references.push((name, column, other));
        self
    }

    /// An index for a query.
    pub fn index(mut self, name: &'static str, columns: &'static [&'static str]) -> Def {
        self.indexes.push((name, columns));
        self
    }

    /// Rows are long: SQLite keeps them in insertion order with the key in an index beside them.
    /// Otherwise a row lives in its primary key, which saves one write per row.
    pub fn long_rows(mut self) -> Def {
        self.clustered = false;
        self
    }

    /// Creates it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = db.get_database_backend();
        db.execute_unprepared(&backend.build(&self.statement(backend)).sql).await?;
        for &(name, columns) in &self.indexes {
            let mut index = Index::create();
            index.name(name).table(self.name);
            for &column in columns {
                index.col(column);
            }
            db.execute(&index).await?;
        }
        if backend == DbBackend::Postgres {
            // COMMENT ON takes no parameters; the texts are our own and are quoted.
            let quote = |text: &str| text.replace('\'', "''");
            let mut sql = format!("COMMENT ON TABLE {} IS '{}';", self.name, quote(self.comment));
            for column in &self.columns {
                let comment = quote(column.comment);
                sql.push_str(&format!("COMMENT ON COLUMN {}.{} IS '{comment}';", self.name, column.name));
            }
            db.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    fn statement(&self, backend: DbBackend) -> TableCreateStatement {
        let mut create = Table::create();
        create.table(self.name);
        for column in &self.columns {
            let mut def = ColumnDef::new_with_type(column.name, column.kind.column_type(backend));
            if !column.optional {
                def.not_null();
            }
            // Written out, because sea-query drops the name of a reference on SQLite.
            for (name, _, other) in self.references.iter().filter(|(_, of, _)| *of == column.name) {
                def.extra(format!("CONSTRAINT {name} REFERENCES {other} ({}) ON DELETE CASCADE", column.name));
            }
            create.col(&mut def);
        }
        let mut key = Index::create();
        key.name(format!("pk_{}", self.name)).primary();
        for &column in self.key {
            key.col(column);
        }
        create.primary_key(&mut key);
        for &(name, columns) in &self.uniques {
            let mut unique = Index::create();
            unique.name(name).unique();
            for &column in columns {
                unique.col(column);
            }
            create.index(&mut unique);
        }
        for column in &self.columns {
            if let Some(condition) = column.kind.check(column.name, backend) {
                create.check((format!("ck_{}_{}", self.name, column.name), Expr::cust(condition)));
            }
        }
        for &(name, condition) in &self.checks {
            create.check((name, Expr::cust(condition)));
        }
        if backend == DbBackend::Sqlite {
            create.extra(if self.clustered { "STRICT, WITHOUT ROWID" } else { "STRICT" });
        }
        create.take()
    }
}

impl Kind {
    fn column_type(self, backend: DbBackend) -> ColumnType {
        let sqlite = backend == DbBackend::Sqlite;
        let name = match self {
            Kind::Text | Kind::Word(_) | Kind::Day => "TEXT",
            Kind::Instant | Kind::Fen | Kind::Balance | Kind::Hours | Kind::Count if sqlite => "INTEGER",
            Kind::Instant | Kind::Fen | Kind::Balance | Kind::Hours | Kind::Count => "BIGINT",
            Kind::Small if sqlite => "INTEGER",
            Kind::Small => "SMALLINT",
            Kind::Id | Kind::Hash | Kind::Bytes if sqlite => "BLOB",
            Kind::Id => "UUID",
            Kind::Hash | Kind::Bytes => "BYTEA",
            Kind::Flag if sqlite => "INTEGER",
            Kind::Flag => "BOOLEAN",
        };
        ColumnType::custom(name)
    }

    fn check(self, column: &str, backend: DbBackend) -> Option<String> {
        let sqlite = backend == DbBackend::Sqlite;
        match self {
            Kind::Text | Kind::Bytes | Kind::Instant | Kind::Balance => None,
            Kind::Word(words) => Some(format!("{column} IN ('{}')", words.join("', '"))),
            Kind::Day => Some(format!("length({column}) = 10")),
            Kind::Fen | Kind::Hours | Kind::Count | Kind::Small => Some(format!("{column} >= 0")),
            Kind::Hash => Some(format!("octet_length({column}) = 32")),
            Kind::Id => sqlite.then(|| format!("octet_length({column}) = 16")),
            Kind::Flag => sqlite.then(|| format!("{column} IN (0, 1)")),
        }
    }
}

/// Makes a table anew with other columns and CHECKs and takes its rows over: SQLite cannot change a
/// CHECK. `indexes` and `uniques` are those of the table as it was; `kept` are the columns taken over,
/// `filled` new ones that may not be absent, each with an SQL value.
///
/// # Errors
/// What the database says.
pub async fn rebuild(
    manager: &SchemaManager<'_>,
    def: Def,
    indexes: &[&str],
    uniques: &[&str],
    kept: &[&str],
    filled: &[(&str, &str)],
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let name = def.name;
    for index in indexes {
        db.execute_unprepared(&format!("DROP INDEX {index}")).await?;
    }
    db.execute_unprepared(&format!("ALTER TABLE {name} RENAME TO {name}_before")).await?;
    if db.get_database_backend() == DbBackend::Postgres {
        // Names of keys are names of indexes there, which two tables cannot share.
        let key = format!("pk_{name}");
        for constraint in std::iter::once(key.as_str()).chain(uniques.iter().copied()) {
            db.execute_unprepared(&format!("ALTER TABLE {name}_before DROP CONSTRAINT {constraint}")).await?;
        }
    }
    def.create(manager).await?;
    let columns: Vec<&str> = kept.iter().copied().chain(filled.iter().map(|(column, _)| *column)).collect();
    let values: Vec<&str> = kept.iter().copied().chain(filled.iter().map(|(_, value)| *value)).collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    db.execute_unprepared(&format!("INSERT INTO {name} ({columns}) SELECT {values} FROM {name}_before")).await?;
    db.execute_unprepared(&format!("DROP TABLE {name}_before")).await?;
    Ok(())
}

/// Adds the columns of `def`, which may be absent or have a default, to the table of its name.
///
/// # Errors
/// What the database says.
pub async fn add_columns(manager: &SchemaManager<'_>, def: &Def) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let backend = db.get_database_backend();
    let quote = |text: &str| text.replace('\'', "''");
    for column in &def.columns {
        let (table, name) = (def.name, column.name);
        let ColumnType::Custom(kind) = column.kind.column_type(backend) else {
            return Err(unsupported(backend));
        };
        let mut sql = format!("ALTER TABLE {table} ADD COLUMN {name} {kind}");
        if !column.optional {
            // The earliest instant that is one (1990), where an instant is asked for.
            let default = match (column.kind, backend) {
                (Kind::Instant, _) => "631152000000000",
                (Kind::Flag, DbBackend::Postgres) => "FALSE",
                _ => "0",
            };
            sql.push_str(&format!(" NOT NULL DEFAULT {default}"));
        }
        if let Some(condition) = column.kind.check(name, backend) {
            sql.push_str(&format!(" CONSTRAINT ck_{table}_{name} CHECK ({condition})"));
        }
        db.execute_unprepared(&sql).await?;
        if backend == DbBackend::Postgres {
            let comment = quote(column.comment);
            db.execute_unprepared(&format!("COMMENT ON COLUMN {table}.{name} IS '{comment}'")).await?;
        }
    }
    Ok(())
}

/// Makes a table append-only: triggers refuse every UPDATE, DELETE and (PostgreSQL) TRUNCATE.
///
/// # Errors
/// What the database says.
pub async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    match db.get_database_backend() {
        DbBackend::Sqlite => {
            for verb in ["UPDATE", "DELETE"] {
                let name = verb.to_lowercase();
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER tg_{table}_no_{name} BEFORE {verb} ON {table} \
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ))
                .await?;
            }
        }
        DbBackend::Postgres => {
            db.execute_unprepared(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ \
                 BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; \
                 END $$",
            )
            .await?;
            for verb in ["UPDATE", "DELETE", "TRUNCATE"] {
                let name = verb.to_lowercase();
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER tg_{table}_no_{name} BEFORE {verb} ON {table} \
                     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ))
                .await?;
            }
        }
        other => return Err(unsupported(other)),
    }
    Ok(())
}

/// Drops tables, the last first.
///
/// # Errors
/// What the database says.
pub async fn drop_all(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for &name in tables.iter().rev() {
        manager.drop_table(Table::drop().table(name).take()).await?;
    }
    Ok(())
}

fn unsupported(backend: DbBackend) -> DbErr {
    DbErr::BackendNotSupported { db: backend.as_str(), ctx: "migrations" }
}
