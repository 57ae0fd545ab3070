// `vethwork serve` as a process of its own, and plain clients to talk to it.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/traffic/endpoint.hpp>

namespace vethwork::test {

/// Brings `lo` up in the present namespace.
void bring_up_loopback();

class ServerProcess {
public:
    /// Starts the program with these words and waits until it listens or ends. With `descriptors` it may have
    /// so many open.
    explicit ServerProcess(std::vector<std::string> words, unsigned descriptors = 0);
    ~ServerProcess();

    [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
    /// What is logged up to where `text` is in it (waiting at most 10 s).
    std::string log_until(std::string_view text);
    /// Sends the signal, waits for the end: the exit status, or 128 + signal.
    int stop(int signal);
    /// Processor time spent up to now, in clock ticks.
    [[nodiscard]] long ticks() const;

private:
    void drain();

    pid_t pid_ = -1;
    Fd stderr_;
    Endpoint endpoint_;
    std::mutex mutex_;
    std::condition_variable more_;
    std::string log_;      ///< under mutex_
    bool ended_ = false;   ///< under mutex_
    std::thread drainer_;  ///< so that the server never waits for a reader of its log
};

/// A blocking TCP client that fails the test instead of waiting longer than 10 s.
class Client {
public:
    explicit Client(Endpoint const& peer);
    void send(std::string_view bytes);
    void end() const;  ///< closes the sending side
    /// `size` bytes, or fewer where the peer closes before.
    std::string read(std::size_t size);
    std::string read_to_end();
    [[nodiscard]] Fd const& socket() const { return socket_; }

private:
    Fd socket_;
};

/// The answer without its "[date time] ", whose form is checked.
std::string without_stamp(std::string_view answer);
inline constexpr std::size_t stamp_size = 22;

}  // namespace vethwork::test
