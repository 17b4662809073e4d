//! Which migrations of `schema/` the database has had.

use super::db::{self, StoreResult};
use serde::Deserialize;
use worker::D1Database;

/// The newest one that this version needs.
pub const NEWEST: &str = "0024_restore.sql";

/// The newest one that the database has had, as `wrangler d1 migrations apply` notes it.
///
/// # Errors
/// When the database fails, or no migration was ever applied.
pub async fn newest(db: &D1Database) -> StoreResult<Option<String>> {
    #[derive(Deserialize)]
    struct Row {
        name: String,
    }
    let row: Option<Row> =
        db::first(db, "SELECT name FROM d1_migrations ORDER BY name DESC LIMIT 1", Vec::new()).await?;
    Ok(row.map(|row| row.name))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_newest_migration_is_the_last_in_the_folder() {
        let names = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/schema")).unwrap();
        let newest = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).max();
        assert_eq!(newest.as_deref(), Some(super::NEWEST));
    }
}
