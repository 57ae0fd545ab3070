// A netlink socket: one request and its answer, a dump, many requests in few system calls, and events.
// Source: netlink(7), <linux/netlink.h>; extended acks: Documentation/userspace-api/netlink/intro.rst.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/netlink/message.hpp>

namespace vethwork::netlink {

enum class Direction { sent, received };
using Trace = std::function<void(Direction, Message const&)>;

/// What a dump told besides its messages.
struct DumpOutcome {
    bool interrupted =
        false;  ///< NLM_F_DUMP_INTR: the state changed meanwhile, the answer may be inconsistent
};

class Connection {
public:
    /// A socket of the current network namespace; it stays in that namespace when the thread leaves it.
    [[nodiscard]] static Result<Connection> open(int protocol = NETLINK_ROUTE);

    /// Sends one request and waits for its acknowledgement.
    [[nodiscard]] Result<> request(MessageWriter message);
    /// Sends one request and gives the answering message (header and payload, owned).
    [[nodiscard]] Result<std::vector<std::uint8_t>> get(MessageWriter message);
    /// Sends many requests in windows and gives each one's answering message, in order. A failing one stops
    /// none.
    using Answer = Result<std::vector<std::uint8_t>>;
    [[nodiscard]] std::vector<Answer> get_all(std::span<MessageWriter> messages);
    /// Asks for all objects; `each` gets every message, and its first error ends the dump.
    [[nodiscard]] Result<DumpOutcome> dump(MessageWriter message,
                                           std::function<Result<>(Message const&)> const& each);
    /// Sends many requests in windows and gives each one's outcome, in order. A failing request stops none.
    [[nodiscard]] std::vector<Result<>> transact(std::span<MessageWriter> messages);

    /// Joins a multicast group (RTNLGRP_…).
    [[nodiscard]] Result<> join(std::uint32_t group);
    /// Also events of namespaces that have an id here (NETLINK_LISTEN_ALL_NSID).
    [[nodiscard]] Result<> listen_all_namespaces();
    /// Waits for one datagram of events; `each` gets its messages, with the id of their namespace (-1: this
    /// one).
    [[nodiscard]] Result<> receive_events(std::function<void(Message const&, int nsid)> const& each);
    /// Strict checking of dump requests (NETLINK_GET_STRICT_CHK); on by default where the kernel has it.
    void set_strict(bool on);

    void set_trace(Trace trace) { trace_ = std::move(trace); }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    explicit Connection(Fd fd) : fd_(std::move(fd)) {}
    Result<> send(std::span<MessageWriter> messages);
    Result<> transact_window(std::span<MessageWriter> messages, std::span<Result<>> outcomes);
    Result<> get_window(std::span<MessageWriter> messages, std::span<Answer> answers);
    Result<Bytes> receive();
    void trace(Direction direction, Message const& message) const;

    Fd fd_;
    std::uint32_t sequence_ = 0;
    std::unique_ptr<std::uint8_t[]> buffer_;  ///< not filled with zeros: most answers are short
    Trace trace_;
};

/// The error inside an NLMSG_ERROR message, nothing where it is an acknowledgement. Public for tests and
/// fuzzing.
[[nodiscard]] std::optional<Error> error_of(Message const& message, MessageWriter const& request);

}  // namespace vethwork::netlink
