#include <vethwork/diagnose/routine_drop.hpp>

#include <algorithm>

namespace vethwork::diagnose {

namespace {

struct Routine {
    std::string_view reason;
    std::string_view function;  ///< empty: wherever it happens
};

/// As seen in networks without a fault, on Linux 6.1 and 6.18.
constexpr Routine routines[] = {
    {"NOT_SPECIFIED", "ip6_mc_input"},           // of groups that nobody here is in
    {"NOT_SPECIFIED", "ip_rcv_finish_core"},     // reports about groups (IGMP)
    {"NOT_SPECIFIED", "icmpv6_rcv"},             // what it has dealt with, in Linux 6.1
    {"NOT_SPECIFIED", "tcp_rcv_state_process"},  // the third packet of every handshake
    {"NOT_SPECIFIED", "tcp_v4_rcv"},             // a repeated SYN
    {"NOT_SPECIFIED", "tcp_v6_rcv"},
    {"NOT_SPECIFIED", "unix_stream_connect"},  // a local socket that is not there
    {"NO_SOCKET", "ping_rcv"},                 // an echo reply that a raw socket has got
    {"NO_SOCKET", "icmp_rcv"},                 // the same where ping_rcv() only says so
    {"NO_SOCKET", "icmpv6_rcv"},
    {"QUEUE_PURGE", ""},  // what a socket had not read when it was closed
};

}  // namespace

bool is_routine_drop(std::string_view reason, std::string_view function) {
    return std::ranges::any_of(routines, [&](Routine const& one) {
        return one.reason == reason && (one.function.empty() || one.function == function);
    });
}

}  // namespace vethwork::diagnose
