// A real exchange, as a program would have it: echo requests, a connection, a datagram. It sends from the
// namespace in which it was opened, and leaves it to the caller to wait and to watch.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/diagnose/flow.hpp>
#include <vethwork/observe/packet.hpp>
#include <vethwork/traffic/ping_socket.hpp>

namespace vethwork::diagnose {

/// What became of one attempt.
enum class Answer : std::uint8_t {
    none,     ///< silence, so far
    good,     ///< an echo reply, a connection, a datagram
    refused,  ///< TCP reset, ICMP port unreachable
    error,    ///< the kernel or an ICMP error said no
};

struct Attempt {
    Answer answer = Answer::none;
    int code = 0;                   ///< errno of an error
    bool sent = false;              ///< false: the kernel did not even send
    std::optional<IpAddress> from;  ///< who sent the ICMP error
    std::int64_t sent_at = 0;       ///< ns, CLOCK_REALTIME
    std::int64_t answered_at = 0;
};

/// How a packet relates to the probe.
enum class Relation : std::uint8_t { none, request, reply, error };

class Probe {
public:
    Probe(Flow flow, std::size_t payload) : flow_(std::move(flow)), payload_(payload) {}

    /// Begins another attempt.
    void send();
    /// Takes what has come; whether anything did.
    bool collect();
    [[nodiscard]] std::vector<int> fds() const;
    [[nodiscard]] std::vector<Attempt> const& attempts() const { return attempts_; }
    [[nodiscard]] bool all_settled() const;
    /// The address that the kernel sends from; nothing before the first attempt.
    [[nodiscard]] std::optional<IpAddress> source() const { return source_; }
    /// Whether a captured packet is part of this exchange, also behind NAT.
    [[nodiscard]] Relation relation(observe::Packet const& packet);

private:
    struct Conversation {
        Fd fd;
        std::size_t attempt = 0;
        std::uint16_t port = 0;  ///< ours
    };

    void send_echo();
    void connect_stream();
    void send_datagram();
    [[nodiscard]] Result<Fd> socket_to(int type, Conversation& conversation);
    void fail(Attempt& attempt, int code);
    bool collect_echo();
    bool collect_conversation(Conversation& conversation);
    [[nodiscard]] bool is_our_port(std::uint16_t port) const;
    [[nodiscard]] Relation relation_of_tcp(observe::Tcp const& tcp);

    Flow flow_;
    std::size_t payload_;
    std::optional<PingSocket> echo_;
    std::vector<Conversation> conversations_;
    std::vector<Attempt> attempts_;
    std::vector<std::uint32_t> sequences_;  ///< initial sequence numbers, which survive NAT
    std::optional<IpAddress> source_;
    std::uint16_t sequence_ = 0;
};

}  // namespace vethwork::diagnose
