//! One witness: status codes, what stays on disk, what it refuses to start with.

use std::os::unix::fs::PermissionsExt;

use ledger::witness::origin_digest;
use ledger::{Checkpoint, Note, VerifierKey, cosignature_in};
use reqwest::Client;

use crate::process::{Log, WitnessDir, add, add_at, told, vkey};

const ORIGIN: &str = "log.example/330502";

#[tokio::test]
async fn answers_as_c2sp_says() {
    let (log, forked) = (Log::new(ORIGIN, false), Log::new(ORIGIN, true));
    let dir = WitnessDir::new("witness.example/bank", &format!("# logs\nlog {}\n", log.key.vkey()));
    let witness = dir.start();
    let key: VerifierKey = vkey(&witness).parse().unwrap();
    let client = Client::new();
    let latest = format!("{}/{}/checkpoint", witness.base, origin_digest(ORIGIN));
    assert_eq!(told(client.get(&latest).send().await.unwrap()).await.0, 404);

    let (status, kind, line) = add(&client, &witness, log.request(0, 3)).await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    let note = log.note(3);
    let cosigned = cosignature_in(&line, &Note::parse(note.as_bytes()).unwrap(), &key).unwrap();
    assert!(cosigned.time > 1_700_000_000);
    // The same again: asked from 3 to 3 it signs once more, asked from 0 it says where it is.
    assert_eq!(add(&client, &witness, log.request(3, 3)).await.0, 200);
    let behind = add(&client, &witness, log.request(0, 3)).await;
    assert_eq!(behind, (409, "text/x.tlog.size".to_owned(), "3\n".to_owned()));
    assert_eq!(add(&client, &witness, log.request(3, 200)).await.0, 200);

    // A fork at the same size, and grown further; a rollback, however it is asked for.
    assert_eq!(add(&client, &witness, forked.request(200, 200)).await.0, 409);
    let (status, _, body) = add(&client, &witness, forked.request(200, 250)).await;
    assert_eq!(status, 422);
    assert!(body.contains("consistency proof"), "{body}");
    let (status, _, body) = add(&client, &witness, log.request(100, 150)).await;
    assert_eq!((status, body.as_str()), (409, "200\n"));
    assert_eq!(add(&client, &witness, log.request(200, 150)).await.0, 400);
    // Others.
    let stranger = Log::new("log.example/unknown", false);
    assert_eq!(add(&client, &witness, stranger.request(0, 3)).await.0, 404);
    let (status, _, body) = add(&client, &witness, log.request(200, 210).replace("— log", "— gol")).await;
    assert_eq!(status, 403);
    assert!(body.contains("invalid signature"), "{body}");
    assert_eq!(add(&client, &witness, "old 0\n".to_owned()).await.0, 400);
    // Too long is refused unread; a connection of its own, because it is closed while it is sent.
    let too_long = Client::new().post(format!("{}/add-checkpoint", witness.base)).body("x".repeat(2_000_000));
    assert!(too_long.send().await.map_or(true, |answer| answer.status() == 413));
    let wrong_method = client.get(format!("{}/add-checkpoint", witness.base)).send().await.unwrap();
    assert_eq!(wrong_method.status().as_u16(), 405);

    // Everybody may see the latest: signed by the log, cosigned, and nothing of what was refused.
    let (status, kind, note) = told(client.get(&latest).send().await.unwrap()).await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    let (checkpoint, verified) = Checkpoint::open(note.as_bytes(), log.key.verifier(), &[key]).unwrap();
    assert_eq!((checkpoint.size, verified.verified.len(), verified.unverified.len()), (200, 2, 0));
}

#[tokio::test]
async fn what_it_answered_it_keeps() {
    let log = Log::new(ORIGIN, false);
    let dir = WitnessDir::new("witness.example/bank", &format!("log {}\n", log.key.vkey()));
    let client = Client::new();
    let (mut size, mut own) = (0, None);
    for round in 1..=5 {
        let witness = dir.start();
        let key = vkey(&witness);
        assert_eq!(*own.get_or_insert_with(|| key.clone()), key, "the key stays");
        // It goes on exactly where it answered last.
        assert_eq!(add(&client, &witness, log.request(size, size + round)).await.0, 200);
        size += round;
        // Requests of the same log one after the other: of ten that go from the same size one gets
        // through, the others learn the new size.
        let racing =
            (1..=10).map(|i| tokio::spawn(add_at(client.clone(), witness.base.clone(), log.request(size, size + i))));
        let mut answers = Vec::new();
        for answer in racing.collect::<Vec<_>>() {
            answers.push(answer.await.unwrap());
        }
        let won: Vec<_> = answers.iter().zip(1..).filter(|((status, ..), _)| *status == 200).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        size += won[0].1;
        assert!(answers.iter().all(|(status, _, body)| *status == 200 || *body == format!("{size}\n")), "{answers:?}");
        witness.kill();
    }
    // A state that cannot be read is not a new beginning.
    let state = dir.path(&format!("{}.checkpoint", origin_digest(ORIGIN)));
    let kept = std::fs::read_to_string(&state).unwrap();
    let stranger = Log::new(ORIGIN, true).note(3);
    for broken in ["", "garbage\n", &kept[..kept.len() - 10], stranger.as_str(), &kept.replace(ORIGIN, "log.example/x")]
    {
        std::fs::write(&state, broken).unwrap();
        let said = dir.fails();
        assert!(said.contains("状态文件") && said.contains("state file"), "{said}");
    }
    std::fs::write(&state, &kept).unwrap();
    let witness = dir.start();
    assert!(witness.printed.iter().any(|line| line.ends_with(&format!("{ORIGIN}: {size}"))), "{:?}", witness.printed);
    // One process per state.
    assert!(dir.fails().contains("another witness"));
}

#[test]
fn what_it_does_not_start_with() {
    let log = Log::new(ORIGIN, false);
    let dir = WitnessDir::new("witness.example/bank", &format!("log {}\n", log.key.vkey()));
    dir.start().kill();
    let key = dir.path("witness.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    // A key that others may read.
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let said = dir.fails();
    assert!(said.contains("chmod 600") && said.contains("640"), "{said}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    // Another name than the key's; a list with a mistake, with its line; none; no name for a new key.
    let mut renamed = WitnessDir::new("other.example", "");
    std::fs::copy(&key, renamed.path("witness.key")).unwrap();
    assert!(renamed.fails().contains("that of witness.example/bank"));
    renamed.name = "witness.example/bank".to_owned();
    assert!(renamed.fails().contains("no log line"));
    std::fs::write(renamed.path("logs"), "# one\n\nlog nonsense\n").unwrap();
    let said = renamed.fails();
    assert!(said.contains("第 3 行") && said.contains("line 3"), "{said}");
    std::fs::remove_file(renamed.path("logs")).unwrap();
    assert!(renamed.fails().contains("log <vkey>"));
    let nameless = WitnessDir::new("", "");
    assert!(nameless.fails().contains("cannot be a name"));
    std::fs::write(nameless.path("witness.key"), "PRIVATE+KEY+x").unwrap();
    std::fs::set_permissions(nameless.path("witness.key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(nameless.fails().contains("not a witness's key"));
}
