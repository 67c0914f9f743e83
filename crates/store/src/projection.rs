//! The three functions that every projection has: load by ids, save, and page through all.

/// Declares `…_load`, `…_save` and `…_all` of a table.
macro_rules! projection {
    ($table:ty, $item:ty, $id:ty, $load:ident, $save:ident, $all:ident) => {
        /// Loads the rows with these ids, in no order; an id that is not there has none.
        ///
        /// # Errors
        /// [`StoreError::Corrupt`] and trouble of the database.
        pub async fn $load(conn: &impl Conn, ledger: &LedgerId, ids: &[$id]) -> Result<Vec<$item>, StoreError> {
            let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
            crate::sql::load::<$table>(conn, ledger, &ids).await
        }

        /// Inserts rows, or brings those that are there up to date; each id at most once per call.
        /// What cannot change by law or design is not written again.
        ///
        /// # Errors
        /// [`StoreError::Constraint`], [`StoreError::Check`] and trouble of the database.
        pub async fn $save(tx: &Tx, ledger: &LedgerId, items: &[&$item]) -> Result<(), StoreError> {
            crate::sql::save::<$table>(tx, ledger, items).await
        }

        /// Pages through all rows in the order of their ids.
        ///
        /// # Errors
        /// [`StoreError::Corrupt`] and trouble of the database.
        pub async fn $all(
            conn: &impl Conn,
            ledger: &LedgerId,
            after: Option<$id>,
            limit: u32,
        ) -> Result<Vec<$item>, StoreError> {
            crate::sql::page::<$table>(conn, ledger, after.map(<$id>::uuid), limit).await
        }
    };
}
pub(crate) use projection;
