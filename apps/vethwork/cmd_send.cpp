// vethwork send tcp|udp ADDRESS:PORT: stdin to a peer, its answer to stdout.
#include <vethwork/traffic/relay.hpp>
#include <vethwork/traffic/resolve.hpp>

#include "cli.hpp"

namespace vethwork::app {
namespace {

struct Wish {
    std::string protocol;
    std::string peer;
    std::string netns;
    double quiet_seconds = 1;
    double connect_seconds = 10;
    bool only_ipv4 = false;
    bool only_ipv6 = false;
};

constexpr char const* footer =
    "TCP: at the end of stdin the sending side is closed; then the answer is read until the peer closes, or "
    "until "
    "nothing\nhas come for -q seconds. UDP: one datagram for each read of stdin; ends when each has had an "
    "answer, or "
    "after -q.\nExit status: 0 answered or closed by the peer; 1 refused, unreachable or no answer; 2 bad "
    "usage.\n";

void bind_options(OptionSet& options, Wish& wish) {
    options.add_option("PROTOCOL", wish.protocol, "tcp or udp").required().one_of({"tcp", "udp"});
    options.add_option("ADDRESS:PORT", wish.peer, "10.0.2.0:4078, [fd00::2]:4078 or NAME:PORT").required();
    options.add_option("-n,--netns", wish.netns, "from this network namespace");
    options.add_option("-q", wish.quiet_seconds,
                       "wait so many SECONDS for more of the answer (1); below 0: forever");
    options.add_option("-w", wish.connect_seconds, "give up connecting after SECONDS (10)").between(0.0, 1e6);
    options.add_flag("-4", wish.only_ipv4, "IPv4 only");
    options.add_flag("-6", wish.only_ipv6, "IPv6 only").excludes("-4");
    options.footer(footer);
}

Duration seconds(double count) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(count));
}

Result<> send(Wish const& wish) {
    Transport const transport = wish.protocol == "tcp" ? Transport::tcp : Transport::udp;
    std::optional<Family> family;
    if (wish.only_ipv4) family = Family::ipv4;
    if (wish.only_ipv6) family = Family::ipv6;
    TRY(enter_namespace(wish.netns));
    Endpoint const peer = TRY(resolve_endpoint(wish.peer, family));
    std::optional<Duration> quiet;
    if (wish.quiet_seconds >= 0) quiet = seconds(wish.quiet_seconds);
    Fd const socket = TRY(connect_to(peer, transport, seconds(wish.connect_seconds)));
    Relayed const relayed = TRY(relay(0, socket, 1, transport, quiet));
    bool const is_silent = relayed.sent_bytes > 0 && relayed.received_bytes == 0 && !relayed.peer_closed;
    if (is_silent)
        return system_error(
            0, fmt::format("no answer from {} within {} s", peer.to_string(), wish.quiet_seconds),
            "`-q SECONDS` waits longer");
    return {};
}

}  // namespace

int run_send(Invocation const& invocation) {
    Wish wish;
    OptionSet options("Sends stdin to a peer and prints what it answers.", "vethwork send");
    bind_options(options, wish);
    if (auto const status = parse_words(options, invocation, "send")) return *status;
    auto const sent = send(wish);
    return sent ? 0 : complain("send", sent.error());
}

}  // namespace vethwork::app
