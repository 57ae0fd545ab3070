// vethwork ping DESTINATION: ICMP echo with the options, the words and the exit statuses of iputils' ping.
#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <limits>

#include <vethwork/base/text.hpp>
#include <vethwork/report/ping_text.hpp>
#include <vethwork/traffic/pinger.hpp>
#include <vethwork/traffic/resolve.hpp>

#include "cli.hpp"

namespace vethwork::app {
namespace {

constexpr std::string_view usage =
    "Usage: vethwork ping [OPTIONS] DESTINATION\n\n"
    "Sends ICMP echo requests, and prints what comes back as iputils' ping does.\n\n"
    "Options:\n"
    "  -c COUNT       end after COUNT answers\n"
    "  -i SECONDS     between requests (1); 0: as fast as answers come\n"
    "  -s SIZE        bytes of data in a request (56)\n"
    "  -W SECONDS     wait so long for a first answer after the last request (10)\n"
    "  -w SECONDS     end after so long, or at the first error\n"
    "  -I DEVICE|ADDRESS   send from this device, or address; may be given twice\n"
    "  -t TTL         time to live\n"
    "  -Q TOS         type of service, traffic class\n"
    "  -M do|want|dont     path MTU discovery: never fragment, as the kernel learns, fragment here\n"
    "  -4, -6         IPv4 only, IPv6 only\n"
    "  -b             ping a broadcast address\n"
    "  -D             print a time stamp in front of each line\n"
    "  -O             report requests that are not answered when the next is sent\n"
    "  -q             only the first line and the summary\n"
    "  -n             print no names; `-n NAME` with the name of a network namespace is --netns\n"
    "  --netns NAME   ping from this network namespace\n"
    "  --json         print one JSON object at the end, and nothing else\n"
    "  -h, --help     this text\n\n"
    "Exit status: 0 answered; 1 no answer (with -c and -w: too few); 2 anything else.\n"
    "SIGINT ends it with the summary, SIGQUIT prints one line of it.\n";

struct Wish {
    PingTarget target;
    PingRhythm rhythm;
    std::string host;
    std::string netns;
    std::optional<Family> family;
    bool numeric = false, quiet = false, stamps = false, outstanding = false, json = false, help = false;
};

/// Says "ping: ..." on stderr, as ping's own errors look. Returns the exit status.
int say(std::string_view text) {
    std::fflush(stdout);
    fmt::print(stderr, "ping: {}\n", text);
    return 2;
}

// Numbers

template <class T>
Result<T> number(std::string_view text, T least, T most) {
    auto const value = parse_number<std::int64_t>(text, 10);
    if (!value) return usage_error(fmt::format("invalid argument: '{}'", text));
    if (*value < static_cast<std::int64_t>(least) || *value > static_cast<std::int64_t>(most))
        return usage_error(
            fmt::format("invalid argument: '{}': out of range: {} <= value <= {}", text, least, most));
    return static_cast<T>(*value);
}

Result<Duration> seconds(std::string_view text, char const* what) {
    std::string const terminated(text);
    char* end = nullptr;
    double const value = std::strtod(terminated.c_str(), &end);
    bool const is_number = !text.empty() && *end == '\0' && std::isfinite(value);
    if (!is_number || value < 0 || value > std::numeric_limits<int>::max() / 1000)
        return usage_error(fmt::format("{}: {}", what, text), "write seconds, as 1 or 0.2");
    return Duration(std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000)));
}

Result<std::uint8_t> type_of_service(std::string_view text) {
    auto const value = parse_number<std::int64_t>(text, text.starts_with("0x") ? 0 : 10);
    if (!value) return usage_error(fmt::format("bad TOS value: {}", text));
    if (*value < 0 || *value > 255)
        return usage_error(fmt::format("the decimal value of TOS bits must be in range 0-255: {}", text));
    return static_cast<std::uint8_t>(*value);
}

Result<PathMtu> path_mtu(std::string_view text) {
    if (text == "do") return PathMtu::do_;
    if (text == "want") return PathMtu::want;
    if (text == "dont") return PathMtu::dont;
    return usage_error(fmt::format("invalid -M argument: {}", text), "it is one of do, want and dont");
}

// Options

Result<> set_family(Wish& wish, Family family) {
    if (wish.family && *wish.family != family)
        return usage_error("only one -4 or -6 option may be specified");
    wish.family = family;
    return {};
}

void set_source(Wish& wish, std::string const& text) {
    auto const address = ScopedAddress::parse(text);
    if (!address) {
        wish.target.device = text;
        return;
    }
    wish.target.source = *address;
    if (!address->device.empty()) wish.target.device = address->device;
}

enum LongOption : int { netns_option = 256, json_option };

constexpr option long_options[] = {{"netns", required_argument, nullptr, netns_option},
                                   {"json", no_argument, nullptr, json_option},
                                   {"help", no_argument, nullptr, 'h'},
                                   {nullptr, 0, nullptr, 0}};
constexpr char const* short_options = ":46bc:DhI:i:M:nOQ:qs:t:W:w:";

Result<> set_flag(Wish& wish, int letter) {
    switch (letter) {
        case '4':
            return set_family(wish, Family::ipv4);
        case '6':
            return set_family(wish, Family::ipv6);
        case 'b':
            wish.target.may_broadcast = true;
            break;
        case 'D':
            wish.stamps = true;
            break;
        case 'h':
            wish.help = true;
            break;
        case 'n':
            wish.numeric = true;
            break;
        case 'O':
            wish.outstanding = true;
            break;
        case 'q':
            wish.quiet = true;
            break;
        case json_option:
            wish.json = true;
            break;
        case ':':
            return usage_error(fmt::format("option requires an argument -- '{}'", static_cast<char>(optopt)));
        default: {
            std::string const word =
                optopt > ' ' && optopt < 256 ? fmt::format("-- '{}'", static_cast<char>(optopt)) : "";
            return usage_error("invalid option " + word, "`vethwork ping --help` lists the options");
        }
    }
    return {};
}

Result<> set_value(Wish& wish, int letter, std::string const& value) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t int_most = std::numeric_limits<int>::max();
    switch (letter) {
        case 'c':
            wish.rhythm.count = static_cast<std::uint64_t>(TRY(number<std::int64_t>(value, 1, most)));
            break;
        case 'I':
            set_source(wish, value);
            break;
        case 'i':
            wish.rhythm.interval = TRY(seconds(value, "bad timing interval"));
            break;
        case 'M':
            wish.target.path_mtu = TRY(path_mtu(value));
            break;
        case 'Q':
            wish.target.traffic_class = TRY(type_of_service(value));
            break;
        case 's':
            wish.rhythm.size = static_cast<std::size_t>(TRY(number<std::int64_t>(value, 0, int_most)));
            break;
        case 't':
            wish.target.ttl = static_cast<std::uint8_t>(TRY(number<int>(value, 0, 255)));
            break;
        case 'W':
            wish.rhythm.linger = TRY(seconds(value, "bad linger time"));
            break;
        case 'w':
            if (auto const whole = TRY(number<std::int64_t>(value, 0, int_most)); whole != 0)
                wish.rhythm.deadline = std::chrono::seconds(whole);
            break;
        case netns_option:
            wish.netns = value;
            break;
    }
    return {};
}

/// `-n NAME` means a namespace where NAME is one; ping's own -n has no value.
std::vector<std::string> with_namespace_spelled_out(std::span<char const* const> words) {
    std::vector<std::string> result{"ping"};
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view const word = words[i];
        bool const is_namespace = word == "-n" && i + 1 < words.size() && *words[i + 1] != '/' &&
                                  ::access(netns::path_of(words[i + 1]).c_str(), F_OK) == 0;
        result.emplace_back(is_namespace ? "--netns" : word);
    }
    return result;
}

Result<Wish> read_words(std::span<char const* const> words) {
    Wish wish;
    auto texts = with_namespace_spelled_out(words);
    std::vector<char*> arguments;
    for (std::string& text : texts) arguments.push_back(text.data());
    arguments.push_back(nullptr);
    int const count = static_cast<int>(texts.size());
    opterr = 0;
    for (int letter;
         (letter = ::getopt_long(count, arguments.data(), short_options, long_options, nullptr)) != -1;)
        TRY(optarg != nullptr ? set_value(wish, letter, optarg) : set_flag(wish, letter));
    if (wish.help) return wish;
    if (optind == count) return usage_error("usage error: Destination address required");
    if (optind + 1 < count)
        return usage_error(
            fmt::format("unexpected word \"{}\"", arguments[static_cast<std::size_t>(optind) + 1]),
            "one destination is enough");
    wish.host = arguments[static_cast<std::size_t>(optind)];
    return wish;
}

// Pinging

/// All that is printed while pinging.
class Printer {
public:
    Printer(Wish const& wish, PingStart start) : wish_(wish), start_(std::move(start)) {
        look_.with_stamps = wish.stamps;
        bool const is_name = !ScopedAddress::parse(wish.host) &&
                             wish.host.find_first_not_of("0123456789.") != std::string::npos;
        if (!wish.numeric && is_name) look_.name = named;
    }

    void start() const { print(report::ping_start(start_, look_)); }
    void event(PingEvent const& event) const {
        if (wish_.quiet) return;
        std::string const line = report::ping_event(event, look_);
        if (report::is_for_stderr(event))
            say(line);
        else
            print(line);
    }
    void summary(PingSummary const& summary) const {
        if (wish_.json)
            fmt::print("{}\n", report::ping_json(start_, summary));
        else
            fmt::print("{}", report::ping_summary(wish_.host, summary));
    }

private:
    static std::string named(ScopedAddress const& address) {
        auto const name = name_of(address);
        return name ? fmt::format("{} ({})", *name, address.to_string()) : address.to_string();
    }
    void print(std::string const& line) const {
        if (wish_.json) return;
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }

    Wish const& wish_;
    PingStart start_;
    report::PingLook look_;
};

Result<> check(Wish const& wish) {
    constexpr Duration least = std::chrono::milliseconds(2);
    if (::getuid() != 0 && wish.rhythm.interval < least)
        return usage_error("cannot flood; minimal interval allowed for user is 2ms");
    return {};
}

PingStart start_of(Wish const& wish, PingSocket const& socket) {
    PingStart start{
        .host = wish.host, .target = socket.target(), .device = wish.target.device, .size = wish.rhythm.size};
    if (!start.device.empty() || wish.target.source) start.source = socket.source();
    return start;
}

Result<int> ping(Wish& wish) {
    TRY(check(wish));
    TRY(enter_namespace(wish.netns));
    wish.target.address = TRY(resolve(wish.host, wish.family));
    wish.target.size = wish.rhythm.size;
    PingSocket socket = TRY(PingSocket::open(wish.target));
    for (std::string const& warning : socket.warnings()) say(warning);
    Printer const printer(wish, start_of(wish, socket));
    auto made = EventLoop::create();
    if (!made) return std::move(made).error();
    EventLoop& loop = *made;
    TRY(loop.stop_on({SIGINT, SIGTERM}));
    printer.start();
    auto const pinger = TRY(Pinger::begin(loop, std::move(socket), wish.rhythm,
                                          [&printer](PingEvent const& event) { printer.event(event); }));
    if (wish.outstanding) pinger->report_outstanding();
    Pinger const* const status = pinger.get();
    TRY(loop.on_signal(SIGQUIT,
                       [status] { fmt::print(stderr, "\r{}\n", report::ping_status(status->summary())); }));
    TRY(loop.run());
    printer.summary(pinger->summary());
    return pinger->summary().is_success ? 0 : 1;
}

}  // namespace

int run_ping(Invocation const& invocation) {
    auto wish = read_words(invocation.words);
    if (!wish) return say(wish.error().describe());
    if (wish->help) {
        fmt::print("{}", usage);
        return 0;
    }
    auto const status = ping(*wish);
    return status ? *status : say(status.error().describe());
}

}  // namespace vethwork::app
