// vethwork capture: the packets that a device sees, as tcpdump(8) shows them, or into a file.
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <limits>

#include <vethwork/base/text.hpp>
#include <vethwork/observe/packet_socket.hpp>
#include <vethwork/observe/pcap_file.hpp>

#include "capture_output.hpp"
#include "cli.hpp"

namespace vethwork::app {
namespace {

constexpr std::uint32_t longest_snapshot = 262144;

struct Wish {
    std::string device, netns, write_path, read_path;
    std::uint64_t count = 0;
    std::uint32_t snapshot_length = longest_snapshot;
    int verbose = 0, hex = 0, hex_ascii = 0, time = 0;
    bool link_level = false, quiet = false, json = false, pcapng = false, list = false,
         not_promiscuous = false;
    bool numeric = false, line_buffered = false, packet_buffered = false;
    std::vector<std::string> expression;
};

constexpr char const* footer =
    "EXPRESSION is one of pcap-filter(7): `icmp or arp`, `tcp port 80 and host 10.0.1.2`. It needs libpcap\n"
    "(libpcap0.8), which is loaded only then.\n\n"
    "Addresses and ports are never turned into names, so -n alone changes nothing. `-n NAME` chooses a "
    "network\n"
    "namespace where /run/netns/NAME exists; `--netns NAME` always does.\n\n"
    "Ends after -c packets or by SIGINT or SIGTERM, and then says on stderr how many packets there were.\n"
    "Exit status: 0; 1 where something failed; 2 bad usage. Capturing needs CAP_NET_RAW in the namespace.\n";

void bind_capture_options(OptionSet& options, Wish& wish) {
    options.add_option("-i,--interface", wish.device, "DEVICE, or `any` for all (the first one that is up)");
    options.add_option("--netns", wish.netns, "in this network namespace (also -n NAME)");
    options.add_flag("-n", wish.numeric, "no names for addresses: always so");
    options.add_option("-w", wish.write_path,
                       "write packets to FILE, `-` for stdout; pcapng where it is so named");
    options.add_flag("--pcapng", wish.pcapng, "write pcapng, whatever the file's name");
    options.add_option("-r", wish.read_path, "read packets from FILE (pcap or pcapng), `-` for stdin");
    options.add_option("-c", wish.count, "end after so many packets").positive();
    options.add_option("-s", wish.snapshot_length, "take at most so many bytes of a packet (262144)")
        .between(0u, longest_snapshot);
    options.add_flag("-p", wish.not_promiscuous, "do not make the device promiscuous");
    options.add_flag("-D,--list-interfaces", wish.list, "list the devices");
    options.add_option("EXPRESSION", wish.expression, "which packets").any_number();
}

void bind_output_options(OptionSet& options, Wish& wish) {
    options.add_flag("-e", wish.link_level, "show the link level");
    options.add_flag("-v", wish.verbose, "show more; -vv and -vvv still more");
    options.add_flag("-q", wish.quiet, "show less");
    options.add_flag("-x", wish.hex, "show the bytes; -xx with the link level");
    options.add_flag("-X", wish.hex_ascii, "show the bytes and their characters; -XX with the link level");
    options.add_flag("-t", wish.time,
                     "no time; -tt seconds since 1970; -ttt since the packet before; -tttt with the date; "
                     "-ttttt since the first packet");
    options.add_flag("-l", wish.line_buffered, "show packets at once, into pipes too: always so");
    options.add_flag("-U", wish.packet_buffered, "write packets to the file at once: always so");
    options.add_flag("--json", wish.json, "one JSON object a packet and line");
    options.footer(footer);
}

/// `-n NAME` means a namespace where there is one of that name.
std::vector<char const*> with_long_netns(std::span<char const* const> words) {
    std::vector<char const*> out(words.begin(), words.end());
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
        std::string const name = out[i + 1];
        if (std::string_view(out[i]) == "--") break;
        if (std::string_view(out[i]) != "-n" || name.empty() || name.find_first_of("-/") == 0) continue;
        if (::access(netns::path_of(name).c_str(), F_OK) == 0) out[i] = "--netns";
    }
    return out;
}

std::int64_t zone_offset(std::int64_t seconds) {
    std::time_t const time = seconds;
    std::tm local{};
    return ::localtime_r(&time, &local) != nullptr ? local.tm_gmtoff : 0;
}

report::PacketTextOptions text_options(Wish const& wish) {
    using report::HexStyle, report::TimeStyle;
    constexpr std::array times{TimeStyle::clock, TimeStyle::none, TimeStyle::seconds,
                               TimeStyle::delta, TimeStyle::date, TimeStyle::since_first};
    report::PacketTextOptions options{
        .verbosity = wish.verbose, .link_level = wish.link_level, .quiet = wish.quiet};
    options.time = times[std::min<std::size_t>(static_cast<std::size_t>(wish.time), times.size() - 1)];
    if (wish.hex > 0) options.hex = wish.hex > 1 ? HexStyle::hex_link : HexStyle::hex;
    if (wish.hex_ascii > 0) options.hex = wish.hex_ascii > 1 ? HexStyle::hex_ascii_link : HexStyle::hex_ascii;
    options.zone = zone_offset;
    options.device_name = device_name;
    return options;
}

Result<std::unique_ptr<CaptureOutput>> make_output(Wish const& wish, report::PcapInterface const& first) {
    if (wish.write_path.empty()) return wish.json ? json_output() : text_output(text_options(wish));
    bool const is_ng = wish.pcapng || wish.write_path.ends_with(".pcapng");
    return file_output(wish.write_path, is_ng ? report::PcapFormat::pcapng : report::PcapFormat::pcap, first);
}

void say_source(std::string_view how, std::string_view name, observe::LinkType link,
                std::uint32_t snapshot_length) {
    std::string_view const type = observe::link_type_name(link);
    fmt::print(stderr, "{} {}, link-type {} ({}), snapshot length {} bytes\n", how, name,
               type.empty() ? std::to_string(static_cast<std::uint32_t>(link)) : std::string(type),
               type.empty() ? "not decoded" : observe::link_type_description(link), snapshot_length);
}

int list_devices() {
    auto const devices = observe::capture_devices();
    if (!devices) return complain("capture", devices.error());
    std::size_t number = 1;
    for (observe::CaptureDevice const& device : *devices) {
        fmt::print("{}.{}", number++, device.name);
        std::vector<std::string> words;
        if (device.up) words.emplace_back("Up");
        if (device.running) words.emplace_back("Running");
        if (device.loopback) words.emplace_back("Loopback");
        fmt::print("{}\n", words.empty() ? "" : fmt::format(" [{}]", join(words, ", ")));
    }
    fmt::print("{}.any (every device) [Up, Running]\n", number);
    return 0;
}

/// The device asked for, by name or by its number in the list; else the first one that can have traffic.
Result<std::string> choose_device(Wish const& wish) {
    auto const devices = TRY(observe::capture_devices());
    if (wish.device.empty()) {
        for (observe::CaptureDevice const& device : devices)
            if (device.up && device.running && !device.loopback) return device.name;
        return std::string("any");
    }
    bool const is_name =
        std::any_of(devices.begin(), devices.end(), [&](auto const& d) { return d.name == wish.device; });
    auto const number = parse_number<std::size_t>(wish.device, 10);
    if (is_name || !number || *number == 0 || *number > devices.size() + 1) return wish.device;
    return *number <= devices.size() ? devices[*number - 1].name : "any";
}

std::string join_expression(Wish const& wish) { return join(wish.expression, " "); }

Result<Fd> stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0)
        return system_error("block the signals that end a capture");
    Fd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd.is_open()) return system_error("wait for the signals that end a capture");
    return fd;
}

std::string packets(std::uint64_t count) { return fmt::format("{} packet{}", count, count == 1 ? "" : "s"); }

/// A capture from a device until it ends.
class LiveCapture {
public:
    LiveCapture(Wish const& wish, observe::PacketSocket socket, std::string device)
        : wish_(wish), socket_(std::move(socket)), any_(device == "any") {
        interface_ = {std::move(device), socket_.link_type(), wish.snapshot_length};
    }

    Result<> run(int stop_fd) {
        auto const output = TRY(make_output(wish_, interface_));
        say_source("listening on", interface_.name, interface_.link, interface_.snapshot_length);
        auto const ended = take_packets(*output, stop_fd);
        auto const flushed = output->flush();
        report_counts();
        return ended ? flushed : ended;
    }

private:
    [[nodiscard]] bool done() const { return wish_.count != 0 && captured_ >= wish_.count; }

    Result<> take_packets(CaptureOutput& output, int stop_fd) {
        for (int batches_after_stop = 64; batches_after_stop > 0;) {
            auto const wake = TRY(socket_.wait(stop_fd, -1));
            auto const frames = TRY(socket_.read());
            TRY(add(output, frames));
            if (done()) break;
            // What was waiting when the signal came is still shown, but no flood goes on for ever.
            if (wake == observe::Wake::stop) batches_after_stop = frames.empty() ? 0 : batches_after_stop - 1;
        }
        return {};
    }

    Result<> add(CaptureOutput& output, std::vector<observe::Frame> const& frames) {
        for (observe::Frame const& frame : frames) {
            if (done()) break;
            report::PcapInterface interface = interface_;
            if (any_ && wish_.json) interface.name = device_name(frame.interface);
            TRY(output.add(frame, interface));
            ++captured_;
        }
        return output.flush();
    }

    void report_counts() {
        auto const counts = socket_.counts();
        fmt::print(stderr, "{} captured\n", packets(captured_));
        if (!counts) return;
        fmt::print(stderr, "{} received by filter\n{} dropped by kernel\n", packets(counts->received),
                   packets(counts->dropped));
    }

    Wish const& wish_;
    observe::PacketSocket socket_;
    bool any_;
    report::PcapInterface interface_;
    std::uint64_t captured_ = 0;
};

Result<> capture_device(Wish const& wish) {
    TRY(enter_namespace(wish.netns));
    Fd const stop = TRY(stop_signals());
    std::string const device = TRY(choose_device(wish));
    observe::CaptureOptions options{.device = device, .snapshot_length = wish.snapshot_length};
    options.promiscuity = wish.not_promiscuous ? observe::Promiscuity::off : observe::Promiscuity::on;
    options.expression = join_expression(wish);
    return LiveCapture(wish, TRY(observe::PacketSocket::open(options)), device).run(stop.get());
}

Result<> show_file(Wish const& wish) {
    auto file = TRY(observe::CaptureFile::open(wish.read_path));
    auto first = TRY(file.next());  // in pcapng the interfaces come with the packets
    observe::LinkType const link = first ? first->link : file.link_type();
    auto const interface_of = [&file, &wish](observe::Frame const& frame) -> report::PcapInterface {
        if (frame.interface >= file.interfaces().size()) return {.link = frame.link};
        auto const& known = file.interfaces()[frame.interface];
        return {known.name, frame.link,
                known.snapshot_length != 0 ? known.snapshot_length : wish.snapshot_length};
    };
    auto const head = interface_of(first.value_or(observe::Frame{.link = link}));
    auto const output = TRY(make_output(wish, head));
    std::optional<observe::Filter> filter;
    if (!wish.expression.empty())
        filter = TRY(observe::Filter::compile(join_expression(wish), link, longest_snapshot));
    say_source("reading from file", wish.read_path, link, head.snapshot_length);
    std::uint64_t shown = 0;
    for (auto frame = std::move(first); frame; frame = TRY(file.next())) {
        if (filter && !filter->matches(*frame)) continue;
        if (frame->bytes.size() > wish.snapshot_length) frame->bytes.resize(wish.snapshot_length);
        TRY(output->add(*frame, interface_of(*frame)));
        if (++shown == wish.count) break;
    }
    return output->flush();
}

}  // namespace

int run_capture(Invocation const& invocation) {
    Wish wish;
    OptionSet options("The packets that a device sees, as text, as JSON or into a file.", "vethwork capture");
    bind_capture_options(options, wish);
    bind_output_options(options, wish);
    auto const words = with_long_netns(invocation.words);
    if (auto const status = parse_words(options, {invocation.called_as, words}, "capture")) return *status;
    if (wish.snapshot_length == 0) wish.snapshot_length = longest_snapshot;
    if (wish.list) {
        auto const entered = enter_namespace(wish.netns);
        return entered ? list_devices() : complain("capture", entered.error());
    }
    auto const ended = wish.read_path.empty() ? capture_device(wish) : show_file(wish);
    (void)std::fflush(stdout);
    return ended ? 0 : complain("capture", ended.error());
}

}  // namespace vethwork::app
