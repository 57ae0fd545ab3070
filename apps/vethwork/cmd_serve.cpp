// vethwork serve tcp|udp [ADDRESS:PORT]: a server that answers every payload with the time and the payload.

#include <csignal>
#include <memory>

#include <vethwork/lab/limits.hpp>
#include <vethwork/traffic/tcp_server.hpp>
#include <vethwork/traffic/udp_server.hpp>

#include "cli.hpp"

namespace vethwork::app {
namespace {

struct Wish {
    std::string protocol;
    std::string where;
    std::string netns;
    double idle_seconds = 5;
    bool echo = false;
    bool quiet = false;
};

constexpr char const* footer =
    "Answers \"[2020-06-10 11:06:50] \" and the payload, for any number of clients at once, until SIGINT or "
    "SIGTERM.\n"
    "The log on stderr shows at most the first 4,096 bytes of a payload; size_bytes counts all.\n\n"
    "A TCP payload is one line (up to 4,096 bytes), or else what a client has sent when it pauses for 0.2 s "
    "or\n"
    "closes its sending side; up to 64 MiB. With --echo bytes are sent back as they come, without limit or "
    "log.\n";

void bind_options(OptionSet& options, Wish& wish) {
    options.add_option("PROTOCOL", wish.protocol, "tcp or udp").required().one_of({"tcp", "udp"});
    options.add_option(
        "ADDRESS:PORT", wish.where,
        "where to listen (0.0.0.0:4078 for tcp, 0.0.0.0:47733 for udp); also :PORT, [::]:PORT");
    options.add_option("-n,--netns", wish.netns, "in this network namespace");
    options
        .add_option("--idle", wish.idle_seconds,
                    "close a TCP client without traffic for SECONDS (5); 0: never")
        .between(0.0, 1e6);
    options.add_flag("--echo", wish.echo, "send back the bytes as they come, without the time");
    options.add_flag("-q,--quiet", wish.quiet, "no log");
    options.footer(footer);
}

Result<> serve(Wish const& wish) {
    bool const is_tcp = wish.protocol == "tcp";
    std::string const where = wish.where.empty() ? (is_tcp ? ":4078" : ":47733") : wish.where;
    Endpoint const endpoint = TRY(Endpoint::parse(where, IpAddress::any(Family::ipv4)));
    TRY(enter_namespace(wish.netns));
    ServeOptions const options{
        .answering = wish.echo ? Answering::echo : Answering::stamped,
        .idle = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(wish.idle_seconds))};
    auto made = EventLoop::create();
    if (!made) return std::move(made).error();
    EventLoop& loop = *made;
    ServerLog log(2, wish.quiet ? Loudness::silent : Loudness::normal);
    loop.at_turn_end([&log] { log.flush(); });
    TRY(loop.stop_on({SIGINT, SIGTERM}));
    if (!is_tcp) {
        auto const server = TRY(UdpServer::bind(loop, log, endpoint, options));
        return loop.run();
    }
    auto const server = TRY(TcpServer::listen(loop, log, endpoint, options));
    return loop.run();
}

}  // namespace

int run_serve(Invocation const& invocation) {
    Wish wish;
    OptionSet options("A test server that answers every payload with the time and the payload.",
                      "vethwork serve");
    bind_options(options, wish);
    if (auto const status = parse_words(options, invocation, "serve")) return *status;
    (void)std::signal(SIGPIPE, SIG_IGN);
    lab::raise_descriptor_limit();  // each client is one
    auto const served = serve(wish);
    return served ? 0 : complain("serve", served.error());
}

}  // namespace vethwork::app
