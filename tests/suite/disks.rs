//! Disks that are full, read-only or broken, as real mounts in a namespace of their own: `.ci/run` runs
//! these tests where the right to mount is given.

use std::process::Command;

use crate::world::{Ran, World, cities, faulty};

/// Where the disk is mounted, within the folder of the world.
const DISK: &str = "disk";
const ROWS: usize = 1_000;
/// How the program is run; the shell knows it as `$0`.
const UPDATE: &str =
    "\"$0\" update contacts.csv --yes --rate unlimited --results disk/contacts.results.csv";

fn world() -> World {
    let rows: Vec<_> = (0..ROWS).map(|row| format!("K{row}")).collect();
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities(rows.iter().map(|key| (key.as_str(), "Rome"))));
    std::fs::create_dir(world.path(DISK)).expect("a folder");
    world
}

/// Runs these lines of a shell where mounts are nobody else's: they go when the shell ends, so that what is
/// to be looked at is copied from the disk by the last line.
fn run(world: &World, lines: &[&str]) -> Ran {
    let is_root = std::fs::metadata("/proc/self")
        .is_ok_and(|facts| std::os::unix::fs::MetadataExt::uid(&facts) == 0);
    let script = lines.join("\n");
    let program = world.command::<&str>(&[]);
    let mut command = Command::new("unshare");
    command.args(if is_root { &["--mount"][..] } else { &["--map-root-user", "--mount"] });
    command.args(["sh", "-ec", &script]).arg(program.get_program()).current_dir(world.path("."));
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    world.ran(command.output().expect("unshare runs"))
}

/// Runs it, and keeps how it ended.
fn kept(name: &str, command: &str) -> String {
    format!("code=0; {command} 2>{name}.err || code=$?; echo $code >{name}.code")
}

fn text(world: &World, name: &str) -> String {
    std::fs::read_to_string(world.path(name)).expect("a file")
}

/// The run stopped early, with what it had sent in its journal, and says how to go on.
fn assert_stopped(world: &World) {
    let told = text(world, "first.err");
    assert_eq!(text(world, "first.code"), "3\n", "{told}");
    assert!(told.contains("--resume"), "{told}");
}

/// The run that was continued is as one that was never stopped.
fn assert_completed(world: &World, ran: &Ran) {
    assert_eq!(text(world, "second.code"), "0\n", "{}", text(world, "second.err"));
    let results = ran.table("after/contacts.results.csv");
    assert_eq!(results.len(), ROWS);
    assert!(results.iter().all(|line| line["status"] == "updated"));
    let stored = (0..ROWS).all(|row| world.stored(&format!("K{row}"), "CITY").is_some());
    assert!(stored, "every record is updated");
    assert!(!ran.has("after/contacts.results.journal"), "nothing is left to do");
}

#[test]
#[ignore = "needs the right to mount; .ci/run runs it where that is given"]
fn a_small_disk_stops_the_run_which_then_resumes() {
    let world = world();
    let ran = run(
        &world,
        &[
            "mount -t tmpfs -o size=48k none disk",
            &kept("first", UPDATE),
            "test -s disk/contacts.results.journal",
            "mount -o remount,size=16m disk",
            &kept("second", &format!("{UPDATE} --resume")),
            "cp -r disk after",
        ],
    );
    let ran = ran.expect(0);
    assert_stopped(&world);
    assert_completed(&world, &ran);
}

#[test]
#[ignore = "needs the right to mount; .ci/run runs it where that is given"]
fn a_small_disk_without_any_room_has_nothing_sent() {
    let world = world();
    let fill = "cat /dev/zero >disk/full 2>/dev/null || true";
    let ran = run(&world, &["mount -t tmpfs -o size=48k none disk", fill, UPDATE]);
    let ran = ran.expect(2);
    assert!(ran.err.contains("disk/contacts.results"), "{}", ran.err);
    assert!(world.updates().is_empty());
}

#[test]
#[ignore = "needs the right to mount; .ci/run runs it where that is given"]
fn a_small_disk_that_is_read_only_has_nothing_sent() {
    let world = world();
    let ran = run(&world, &["mount -t tmpfs -o ro none disk", UPDATE]).expect(2);
    assert!(ran.err.contains("disk/contacts.results"), "{}", ran.err);
    assert!(world.updates().is_empty());
}

/// A disk with a fault is made read-only by the kernel while files are open: a fault is what this disk is
/// told to have, since a mount cannot be made read-only by hand as long as a file is being written.
#[test]
#[ignore = "needs root, a loop device and ext4; .ci/run runs it where they are given"]
fn a_broken_disk_stops_the_run_which_then_resumes() {
    let world = world();
    let slow = UPDATE.replace("unlimited", "200/s");
    let first = kept("first", &slow);
    let ran = run(
        &world,
        &[
            "truncate -s 8M image; mkfs.ext4 -q -F image",
            "mount -o loop,errors=remount-ro image disk",
            "device=$(basename \"$(findmnt -no SOURCE disk)\")",
            &format!("( {first} ) &"),
            "until test $(cat disk/contacts.results.journal 2>/dev/null | wc -c) -gt 8000; do sleep 0.05; done",
            "echo 1 >/sys/fs/ext4/$device/trigger_fs_error",
            "wait",
            "umount disk; e2fsck -fy image >/dev/null || test $? -le 1",
            "mount -o loop image disk; test -s disk/contacts.results.journal",
            &kept("second", &format!("{UPDATE} --resume")),
            "cp -r disk after; umount disk",
        ],
    );
    let ran = ran.expect(0);
    assert_stopped(&world);
    assert!(text(&world, "first.err").contains("Read-only file system"));
    assert_completed(&world, &ran);
}
