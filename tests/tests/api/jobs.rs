//! The scheduler: leased, recorded, in order, and done once by whichever server is up.

use serde_json::{Value, json};

use crate::world::World;

fn job<'a>(jobs: &'a Value, name: &str) -> &'a Value {
    jobs["jobs"].as_array().unwrap().iter().find(|job| job["job"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_were_missed_are_done_in_order() {
    let mut world = World::on("2026-11-22").await;
    world.shop().await;
    world.tick().await;
    let jobs = world.get("admin", "/v1/jobs").await.expect(200);
    assert_eq!(job(&jobs, "alerts")["done_through_on"], Value::Null, "no day is over");
    assert!(job(&jobs, "seals")["next_due_at"].is_string());
    // The server was down for three days.
    world.at("2026-11-25", 60).await;
    world.tick().await;
    let jobs = world.get("bureau", "/v1/jobs").await.expect(200);
    assert_eq!(job(&jobs, "alerts")["done_through_on"], "2026-11-24");
    assert_eq!(job(&jobs, "alerts")["holder"], Value::Null, "given back");
    let mut days: Vec<_> = jobs["runs"].as_array().unwrap().iter().filter(|run| run["job"] == "alerts").collect();
    days.sort_by_key(|run| run["due_on"].as_str().unwrap().to_owned());
    let days: Vec<_> = days.iter().map(|run| (&run["due_on"], &run["outcome"])).collect();
    let done = json!("done");
    assert_eq!(days, [(&json!("2026-11-22"), &done), (&json!("2026-11-23"), &done), (&json!("2026-11-24"), &done)]);
    // Nothing is due twice.
    world.tick().await;
    let again = world.get("bureau", "/v1/jobs").await.expect(200);
    let count = |jobs: &Value| jobs["runs"].as_array().unwrap().iter().filter(|run| run["job"] == "alerts").count();
    assert_eq!(count(&again), 3);
    assert_eq!(world.get("owner", "/v1/jobs").await.problem(403), "forbidden");
    assert_eq!(world.get("neighbour", "/v1/jobs").await.status.as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_the_work_and_a_dead_one_is_followed() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    world.contract(&shop).await;
    world.at("2026-11-25", 60).await;
    let id = "330502".parse().unwrap();
    let second = world.second_server().await;
    let (here, there) = (world.app.ledger(&id).await.unwrap().unwrap(), second.ledger(&id).await.unwrap().unwrap());
    let now = world.now();
    let (a, b) = tokio::join!(world.app.run_jobs(&here, now), second.run_jobs(&there, now));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.of("seals") + b.of("seals"), 1, "one institution, one seal");
    // A server that died with its leases: nobody waits longer than they last.
    let app = std::sync::Arc::clone(&world.app);
    let read = app.store().read();
    let tx = world.app.store().begin().await.unwrap();
    let later = now.plus_micros(900_000_000).unwrap();
    let taken = store::jobs_lease(&tx, &id, &["alerts"], "a server that died", now, later).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken.len(), 1);
    world.at("2026-11-26", 0).await;
    let tx = world.app.store().begin().await.unwrap();
    let until = world.now().plus_micros(900_000_000).unwrap();
    store::jobs_lease(&tx, &id, &["alerts"], "a server that died", world.now(), until).await.unwrap();
    tx.commit().await.unwrap();
    world.tick().await;
    let lease = |leases: Vec<store::JobLease>| leases.into_iter().find(|lease| lease.job == "alerts").unwrap();
    let held = lease(store::job_leases(&read, &id).await.unwrap());
    assert_eq!((held.holder.as_str(), held.done_through), ("a server that died", Some("2026-11-24".parse().unwrap())));
    world.at("2026-11-26", 16).await;
    world.tick().await;
    let free = lease(store::job_leases(&read, &id).await.unwrap());
    assert_eq!((free.holder.as_str(), free.done_through), ("", Some("2026-11-25".parse().unwrap())));
    // The dead one comes back and finds that it has nothing any more.
    let tx = world.app.store().begin().await.unwrap();
    store::job_release(&tx, &id, &store::JobLease { done_through: None, ..held }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lease(store::job_leases(&read, &id).await.unwrap()), free);
}
