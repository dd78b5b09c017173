//! The figures that programs read.

/// A figure of the object that ends the output, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    SpawnSyscalls,
    SpawnWall,
    SpawnWallAsync,
    SpawnCpu,
    SpawnCpuAsync,
    GrowthMemory4g,
    GrowthSessions1000,
    IdleKib,
    IdleThreads,
    IdleFds,
    IdleSyscalls,
    ThroughputCooked,
    ThroughputRaw,
    ThroughputPipe,
    Roundtrip,
    RoundtripAsync,
    KillLeader,
    KillTree,
    SurvivorsKill,
    SurvivorsOrchestratorKilled,
    LeakedFds,
    NoopWall,
    NoopCpu,
    NoopWallUnswept,
    QueueShareNoop,
    QueueShareWork,
    QueueBusyWork,
    HeartbeatP999Ms,
    MemoryToTranscript,
}

impl Key {
    /// Those of `orch-bench-pty`.
    pub(crate) const PTY: [(Self, &'static str); 21] = [
        (Self::SpawnSyscalls, "spawn_syscalls"),
        (Self::SpawnWall, "spawn_wall"),
        (Self::SpawnWallAsync, "spawn_wall_async"),
        (Self::SpawnCpu, "spawn_cpu"),
        (Self::SpawnCpuAsync, "spawn_cpu_async"),
        (Self::GrowthMemory4g, "growth_memory_4g"),
        (Self::GrowthSessions1000, "growth_sessions_1000"),
        (Self::IdleKib, "idle_kib"),
        (Self::IdleThreads, "idle_threads"),
        (Self::IdleFds, "idle_fds"),
        (Self::IdleSyscalls, "idle_syscalls"),
        (Self::ThroughputCooked, "throughput_cooked"),
        (Self::ThroughputRaw, "throughput_raw"),
        (Self::ThroughputPipe, "throughput_pipe"),
        (Self::Roundtrip, "roundtrip"),
        (Self::RoundtripAsync, "roundtrip_async"),
        (Self::KillLeader, "kill_leader"),
        (Self::KillTree, "kill_tree"),
        (Self::SurvivorsKill, "survivors_kill"),
        (Self::SurvivorsOrchestratorKilled, "survivors_orchestrator_killed"),
        (Self::LeakedFds, "leaked_fds"),
    ];

    /// Those of `orch-bench-core`.
    pub(crate) const CORE: [(Self, &'static str); 8] = [
        (Self::NoopWall, "noop_wall"),
        (Self::NoopCpu, "noop_cpu"),
        (Self::NoopWallUnswept, "noop_wall_unswept"),
        (Self::QueueShareNoop, "queue_share_noop"),
        (Self::QueueShareWork, "queue_share_work"),
        (Self::QueueBusyWork, "queue_busy_work"),
        (Self::HeartbeatP999Ms, "heartbeat_p999_ms"),
        (Self::MemoryToTranscript, "memory_to_transcript"),
    ];
}
