// What happens while pinging, and what came of it: plain values, which report/ turns into text.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/traffic/endpoint.hpp>

namespace vethwork {

using Microseconds = std::chrono::microseconds;

/// What is known before the first probe is sent.
struct PingStart {
    std::string host;  ///< as the user wrote it
    ScopedAddress target;
    std::optional<ScopedAddress> source;  ///< shown where the user asked for it or for a device
    std::string device;
    std::size_t size = 0;  ///< bytes of data in each request
};

struct PingReply {
    ScopedAddress from;
    std::uint16_t sequence = 0;
    std::size_t size = 0;  ///< of the ICMP message
    std::optional<std::uint8_t> ttl;
    std::optional<Microseconds> round_trip;  ///< where the request had room for a time (16 bytes)
    bool is_duplicate = false;
    bool is_corrupt = false;    ///< its checksum is wrong
    bool from_another = false;  ///< not from the target
    bool is_truncated = false;
    std::optional<std::size_t> wrong_byte;  ///< the first byte of data that is not what was sent
    std::vector<std::uint8_t> data;         ///< where a byte is wrong
};

/// An ICMP error about a probe (ip(7), IP_RECVERR).
struct PingError {
    ScopedAddress from;
    std::uint16_t sequence = 0;
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t info = 0;  ///< the MTU of "too big", the pointer of "parameter problem"
};

/// A redirect or source quench; the probe is under way all the same. IPv4 only.
struct PingAdvice {
    ScopedAddress from;
    std::uint16_t sequence = 0;
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t info = 0;
};

/// The kernel refused to send, and said why in the socket's error queue.
struct PingLocalError {
    int code = 0;
    std::uint32_t mtu = 0;  ///< of EMSGSIZE
};

/// The kernel refused to send (sendmsg(2)).
struct PingSendError {
    int code = 0;
};

struct PingNoAnswerYet {
    std::uint16_t sequence = 0;
};

struct PingEvent {
    Microseconds at{};  ///< since 1970
    Family family = Family::ipv4;
    std::variant<PingReply, PingError, PingAdvice, PingLocalError, PingSendError, PingNoAnswerYet> what;
};

struct PingTimes {
    Microseconds least{}, average{}, most{}, deviation{};
    Microseconds smoothed{};  ///< an exponentially weighted average, of weight 1/8
};

struct PingSummary {
    std::uint64_t transmitted = 0;
    std::uint64_t received = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t corrupted = 0;
    std::uint64_t errors = 0;
    std::chrono::nanoseconds time{};  ///< from the first probe to the last
    int pipe = 0;                     ///< the most probes that were under way when one was answered
    std::optional<PingTimes> round_trips;
    std::optional<Microseconds> gap;  ///< between probes, where they were sent as fast as answers came
    bool is_success = false;          ///< answered, and with a deadline answered as often as asked for
};

}  // namespace vethwork
