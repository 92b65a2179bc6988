//! fault OBJECT TIMES [PID...]: an object of kprobes, loaded by aya, until it is killed.

use aya::maps::HashMap;
use aya::programs::Program;
use aya::{EbpfLoader, Pod};
use std::error::Error;

/// A key of the map `targets`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Target {
    kind: u64,
    value: [u64; 2],
}

// SAFETY: words without padding.
unsafe impl Pod for Target {}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    let times: u64 = words[2].parse()?;
    let loader = std::process::id();
    let mut fault = EbpfLoader::new()
        .set_global("times", &times, true)
        .set_global("loader_tgid", &loader, true)
        .load_file(&words[1])?;

    let mut targets: HashMap<_, Target, u32> = fault.map_mut("targets").ok_or("no map")?.try_into()?;
    for pid in &words[3..] {
        targets.insert(Target { kind: 0, value: [pid.parse()?, 0] }, 1, 0)?;
    }
    for (name, program) in fault.programs_mut() {
        let function = name.strip_prefix("fail_").ok_or("a program of a chain")?;
        match program {
            Program::KProbe(probe) => {
                probe.load()?;
                probe.attach(function, 0)?;
            }
            _ => return Err("no kprobe".into()),
        }
    }
    println!("attached");
    loop {
        std::thread::park();
    }
}
