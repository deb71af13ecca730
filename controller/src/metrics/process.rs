//! What the kernel says about this process, under the names of Prometheus' own libraries.

use std::fs;

use super::exposition::{Exposition, Kind, number};

/// What a second has of the units in which the kernel tells times to programs: the same on every architecture.
const TICKS: f64 = 100.0;
/// What Prometheus' libraries say where there is no limit.
const UNLIMITED: u64 = u64::MAX;

/// Numbers of a process; what the kernel doesn't tell is `None`.
#[derive(Debug, Default, PartialEq)]
struct Process {
    cpu_seconds: Option<f64>,
    start: Option<f64>,
    virtual_bytes: Option<u64>,
    virtual_limit: Option<u64>,
    resident_bytes: Option<u64>,
    files: Option<u64>,
    files_limit: Option<u64>,
    received: Option<u64>,
    sent: Option<u64>,
}

/// Writes the numbers of this process.
pub(super) fn write(to: &mut Exposition) {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let mut process = Process::default();
    process.read_stat(&text("/proc/self/stat"), &text("/proc/stat"));
    process.read_status(&text("/proc/self/status"));
    process.read_limits(&text("/proc/self/limits"));
    process.read_network(&text("/proc/self/net/netstat"));
    // Without the one that is open to count them.
    process.files = fs::read_dir("/proc/self/fd")
        .ok()
        .map(|files| (files.count() as u64).saturating_sub(1));
    process.write(to);
}

impl Process {
    /// Reads proc(5)'s `stat` of a process, and the time of the boot.
    fn read_stat(&mut self, stat: &str, system: &str) {
        // The program's name comes second and may hold anything; the third field follows its last parenthesis.
        let Some((_, rest)) = stat.rsplit_once(") ") else {
            return;
        };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |number: usize| -> Option<u64> { fields.get(number - 3)?.parse().ok() };
        self.cpu_seconds = field(14)
            .zip(field(15))
            .map(|(user, kernel)| number(user + kernel) / TICKS);
        self.virtual_bytes = field(23);
        let boot = system.lines().find_map(|line| line.strip_prefix("btime "));
        let boot = boot.and_then(|boot| boot.trim().parse::<u64>().ok());
        self.start = boot
            .zip(field(22))
            .map(|(boot, start)| number(boot) + number(start) / TICKS);
    }

    fn read_status(&mut self, status: &str) {
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = resident.and_then(|text| text.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        self.resident_bytes = kilobytes.map(|kilobytes| kilobytes * 1024);
    }

    fn read_limits(&mut self, limits: &str) {
        let limit = |name: &str| {
            let rest = limits.lines().find_map(|line| line.strip_prefix(name))?;
            match rest.split_whitespace().next()? {
                "unlimited" => Some(UNLIMITED),
                text => text.parse().ok(),
            }
        };
        self.files_limit = limit("Max open files");
        self.virtual_limit = limit("Max address space");
    }

    /// Reads proc(5)'s `netstat`: lines of names, each followed by a line of numbers.
    fn read_network(&mut self, netstat: &str) {
        let mut lines = netstat.lines().filter(|line| line.starts_with("IpExt:"));
        let (Some(names), Some(numbers)) = (lines.next(), lines.next()) else {
            return;
        };
        let value = |wanted: &str| -> Option<u64> {
            let mut pairs = names.split_whitespace().zip(numbers.split_whitespace());
            pairs.find(|(name, _)| *name == wanted)?.1.parse().ok()
        };
        self.received = value("InOctets");
        self.sent = value("OutOctets");
    }

    fn write(&self, to: &mut Exposition) {
        let count = |value: Option<u64>| value.map(number);
        let (counter, gauge) = (Kind::Counter, Kind::Gauge);
        for (name, kind, help, value) in [
            (
                "cpu_seconds_total",
                counter,
                "Processor time of user and kernel, in seconds.",
                self.cpu_seconds,
            ),
            (
                "max_fds",
                gauge,
                "Most open file descriptors.",
                count(self.files_limit),
            ),
            ("open_fds", gauge, "Open file descriptors.", count(self.files)),
            (
                "network_receive_bytes_total",
                counter,
                "Bytes received by the Pod.",
                count(self.received),
            ),
            (
                "network_transmit_bytes_total",
                counter,
                "Bytes sent by the Pod.",
                count(self.sent),
            ),
            (
                "resident_memory_bytes",
                gauge,
                "Memory in use, in bytes.",
                count(self.resident_bytes),
            ),
            (
                "start_time_seconds",
                gauge,
                "When the process began, in seconds since 1970.",
                self.start,
            ),
            (
                "virtual_memory_bytes",
                gauge,
                "Address space, in bytes.",
                count(self.virtual_bytes),
            ),
            (
                "virtual_memory_max_bytes",
                gauge,
                "Most address space, in bytes.",
                count(self.virtual_limit),
            ),
        ] {
            if let Some(value) = value {
                to.one(&format!("process_{name}"), kind, help, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::exposition::Format;
    use super::*;

    #[test]
    fn fields_are_found_whatever_the_program_is_called() {
        let mut process = Process::default();
        let stat =
            "7 (a) b (c) S 1 7 7 0 -1 4194304 5 0 0 0 150 50 0 0 20 0 9 0 1000 4096 2 18446744073709551615 1";
        process.read_stat(stat, "cpu 1 2\nbtime 1700000000\n");
        assert_eq!(process.cpu_seconds, Some(2.0));
        assert_eq!(process.start, Some(1_700_000_010.0));
        assert_eq!(process.virtual_bytes, Some(4096));
        process.read_status("Name:\tx\nVmRSS:\t     12 kB\n");
        assert_eq!(process.resident_bytes, Some(12 * 1024));
        process.read_limits(
            "Max address space     unlimited   unlimited   bytes\nMax open files   1024   4096   files\n",
        );
        assert_eq!(
            (process.virtual_limit, process.files_limit),
            (Some(u64::MAX), Some(1024))
        );
        process.read_network("TcpExt: A\nTcpExt: 1\nIpExt: InX InOctets OutOctets\nIpExt: 1 2 3\n");
        assert_eq!((process.received, process.sent), (Some(2), Some(3)));
    }

    #[test]
    fn what_the_kernel_does_not_tell_is_left_out() {
        let mut process = Process::default();
        for text in ["", "7 (a)", "7 (a) S", "IpExt:", "VmRSS: x kB"] {
            process.read_stat(text, text);
            process.read_status(text);
            process.read_limits(text);
            process.read_network(text);
        }
        assert_eq!(process, Process::default());
        let mut text = Exposition::new(Format::Prometheus);
        process.write(&mut text);
        assert_eq!(text.end(), "");
    }

    #[test]
    fn the_kernel_of_this_process_tells_all_of_it() {
        let mut text = Exposition::new(Format::Prometheus);
        write(&mut text);
        let text = text.end();
        assert_eq!(text.matches("# TYPE process_").count(), 9, "{text}");
    }
}
