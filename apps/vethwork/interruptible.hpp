// Work that Ctrl-C and the like do not end half-way: they end waiting instead of this process, which goes on
// to put things in order.
#pragma once

#include <array>
#include <csignal>

namespace vethwork::app {

/// While there is one, SIGINT, SIGTERM and SIGHUP are only noted.
class Interruptible {
public:
    Interruptible();
    ~Interruptible();
    Interruptible(Interruptible const&) = delete;
    Interruptible& operator=(Interruptible const&) = delete;

    /// The last of them that came, in this process ever; 0: none.
    [[nodiscard]] static int signal();
    /// In a child process: they end it, as usual.
    static void not_any_more();
    /// In a child process: it goes on to its end whatever comes.
    static void deaf();

private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace vethwork::app
