//! The limit, as a contender: everything by [`crate::raw`].

use std::os::fd::OwnedFd;

use anyhow::{Context as _, Result, ensure};
use nix::fcntl::{FcntlArg, OFlag};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::{BUFFER, Contender, PING, PONG, raw_tree};
use crate::raw::{self, Child, Program, Spawner};
use crate::worker::Streams;

pub(super) struct Raw {
    spawner: Spawner,
    prepared: Option<(Streams, Program)>,
    buffer: Vec<u8>,
    /// One for all that live.
    reactor: Epoll,
    live: Vec<Child>,
}

impl Raw {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            spawner: Spawner::new()?,
            prepared: None,
            buffer: vec![0; BUFFER],
            reactor: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            live: Vec::new(),
        })
    }

    fn spawn(&mut self) -> Result<Child> {
        let (streams, program) = self.prepared.as_ref().context("nothing is prepared")?;
        Ok(match streams {
            Streams::Terminal => self.spawner.on_terminal(program)?,
            Streams::Pipe => self.spawner.on_pipe(program)?,
        })
    }

    fn last(&mut self) -> Result<Child> {
        self.live.pop().context("nobody is left")
    }
}

impl Contender for Raw {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        // Without it, whoever loses its parent leaves the lineage and no walk finds it.
        nix::sys::prctl::set_child_subreaper(true)?;
        self.prepared = Some((streams, Program::new(words)?));
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let child = self.spawn()?;
        raw::poll(&child)?;
        let mut bytes = 0;
        loop {
            match raw::read(&child.output, &mut self.buffer)? {
                0 => break,
                read => bytes += read as u64,
            }
        }
        raw::wait(&child.pidfd)?;
        raw::close(child.pidfd)?;
        raw::close(child.output)?;
        Ok(bytes)
    }

    fn drain(&mut self) -> Result<u64> {
        let child = self.spawn()?;
        let flags = OFlag::from_bits_retain(nix::fcntl::fcntl(&child.output, FcntlArg::F_GETFL)?);
        nix::fcntl::fcntl(&child.output, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
        let reactor = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let edges = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        reactor.add(&child.output, EpollEvent::new(edges, 0))?;
        let bytes = drained(&child.output, &reactor, &mut self.buffer)?;
        raw::wait(&child.pidfd)?;
        Ok(bytes)
    }

    fn open(&mut self) -> Result<()> {
        raw::terminal()?;
        Ok(())
    }

    fn start(&mut self) -> Result<()> {
        let child = self.spawn()?;
        let ready = EpollEvent::new(EpollFlags::EPOLLIN, child.pid.unsigned_abs().into());
        self.reactor.add(&child.output, ready)?;
        self.reactor.add(&child.pidfd, ready)?;
        self.live.push(child);
        Ok(())
    }

    fn echo(&mut self, times: usize) -> Result<()> {
        let child = self.live.last().context("nobody is left")?;
        for _ in 0..times {
            ensure!(raw::write(&child.output, PING)? == PING.len(), "a line was cut");
            let mut back = 0;
            while back < PONG {
                let read = raw::read(&child.output, &mut self.buffer)?;
                ensure!(read > 0, "the terminal has ended");
                back += read;
            }
        }
        Ok(())
    }

    fn kill_leader(&mut self) -> Result<()> {
        let child = self.last()?;
        raw::kill(&child.pidfd)?;
        raw::wait(&child.pidfd)?;
        Ok(())
    }

    fn kill_tree(&mut self) -> Result<()> {
        let child = self.last()?;
        raw_tree::kill_all_descendants()?;
        drop(child);
        Ok(())
    }

    fn park(&mut self) -> Result<()> {
        let input = std::io::stdin();
        self.reactor
            .add(&input, EpollEvent::new(EpollFlags::EPOLLIN, 0))?;
        let mut ready = [EpollEvent::empty()];
        self.reactor.wait(&mut ready, EpollTimeout::NONE)?;
        self.reactor.delete(&input)?;
        Ok(())
    }
}

/// The best strategy that was found: at each wake-up, read until there is nothing more.
fn drained(output: &OwnedFd, reactor: &Epoll, buffer: &mut [u8]) -> Result<u64> {
    let mut bytes = 0;
    let mut ready = [EpollEvent::empty()];
    loop {
        match raw::read(output, buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) => bytes += read as u64,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                reactor.wait(&mut ready, EpollTimeout::NONE)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
