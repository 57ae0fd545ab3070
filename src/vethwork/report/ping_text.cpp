#include <vethwork/report/ping_text.hpp>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include <vethwork/report/json_text.hpp>

namespace vethwork::report {

namespace {

constexpr std::size_t icmp_header = 8, ipv4_header = 20;
constexpr std::size_t checked_from = 16, bytes_a_row = 32;  ///< of the dump of wrong data

/// Three digits behind the point: 0.045.
std::string milliseconds(Microseconds time) {
    return fmt::format("{}.{:03}", time.count() / 1000, time.count() % 1000);
}

/// Fewer digits behind the point, the larger it is: 0.045, 1.23, 12.3, 123.
std::string round_trip(Microseconds time) {
    auto const us = time.count();
    if (us >= 100'000 - 50) return fmt::format("{}", (us + 500) / 1000);
    if (us >= 10'000 - 5) return fmt::format("{}.{:01}", (us + 50) / 1000, (us + 50) % 1000 / 100);
    if (us >= 1000) return fmt::format("{}.{:02}", (us + 5) / 1000, (us + 5) % 1000 / 10);
    return milliseconds(time);
}

std::string wrong_data(PingReply const& reply) {
    std::size_t const index = *reply.wrong_byte;
    std::string text = fmt::format("\nwrong data byte #{} should be {:#x} but was {:#x}", index,
                                   static_cast<std::uint8_t>(index), reply.data[index]);
    for (std::size_t i = checked_from; i < reply.data.size(); ++i) {
        if (i % bytes_a_row == checked_from) text += fmt::format("\n#{}\t", i);
        text += fmt::format("{:x} ", reply.data[i]);
    }
    return text;
}

/// One line each; `event` knows what they have in common.
struct Line {
    PingEvent const& event;
    PingLook const& look;

    std::string operator()(PingReply const& reply) const {
        std::string text =
            fmt::format("{} bytes from {}: icmp_seq={}", reply.size, look.name(reply.from), reply.sequence);
        if (reply.ttl) text += fmt::format(" ttl={}", *reply.ttl);
        if (reply.is_truncated) return text + " (truncated)";
        if (reply.round_trip) text += fmt::format(" time={} ms", round_trip(*reply.round_trip));
        if (reply.is_duplicate) text += " (DUP!)";
        if (reply.is_corrupt) text += " (BAD CHECKSUM!)";
        if (reply.from_another) text += " (DIFFERENT ADDRESS!)";
        if (reply.wrong_byte) text += wrong_data(reply);
        return text;
    }
    std::string operator()(PingError const& error) const {
        return fmt::format("From {} icmp_seq={} {}", look.name(error.from), error.sequence,
                           icmp_error_text(event.family, error.type, error.code, error.info));
    }
    std::string operator()(PingAdvice const& advice) const {
        return fmt::format("From {}: icmp_seq={} {}", look.name(advice.from), advice.sequence,
                           icmp_error_text(event.family, advice.type, advice.code, advice.info));
    }
    std::string operator()(PingLocalError const& error) const {
        if (error.code == EMSGSIZE)
            return fmt::format("local error: message too long, mtu{}{}",
                               event.family == Family::ipv4 ? "=" : ": ", error.mtu);
        return fmt::format("local error: {}", std::strerror(error.code));
    }
    std::string operator()(PingSendError const& error) const {
        return fmt::format("sendmsg: {}", std::strerror(error.code));
    }
    std::string operator()(PingNoAnswerYet const& probe) const {
        return fmt::format("no answer yet for icmp_seq={}", probe.sequence);
    }
};

double loss_percent(PingSummary const& summary) {
    if (summary.transmitted == 0) return 0;
    auto const lost = static_cast<double>(static_cast<std::int64_t>(summary.transmitted - summary.received));
    return lost * 100 / static_cast<double>(summary.transmitted);
}

std::int64_t whole_milliseconds(std::chrono::nanoseconds time) {
    return (time.count() + 500'000) / 1'000'000;
}

std::string counts(PingSummary const& summary) {
    std::string text =
        fmt::format("{} packets transmitted, {} received", summary.transmitted, summary.received);
    if (summary.duplicates != 0) text += fmt::format(", +{} duplicates", summary.duplicates);
    if (summary.corrupted != 0) text += fmt::format(", +{} corrupted", summary.corrupted);
    if (summary.errors != 0) text += fmt::format(", +{} errors", summary.errors);
    if (summary.transmitted == 0) return text;
    return text + fmt::format(", {:g}% packet loss, time {}ms", loss_percent(summary),
                              whole_milliseconds(summary.time));
}

std::string times(PingSummary const& summary) {
    std::string text;
    auto const add = [&text](std::string const& part) { text += (text.empty() ? "" : ", ") + part; };
    if (auto const& rtt = summary.round_trips)
        add(fmt::format("rtt min/avg/max/mdev = {}/{}/{}/{} ms", milliseconds(rtt->least),
                        milliseconds(rtt->average), milliseconds(rtt->most), milliseconds(rtt->deviation)));
    if (summary.pipe > 1) add(fmt::format("pipe {}", summary.pipe));
    if (summary.gap) {
        Microseconds const smoothed = summary.round_trips ? summary.round_trips->smoothed : Microseconds{};
        add(fmt::format("ipg/ewma {}/{} ms", milliseconds(*summary.gap), milliseconds(smoothed)));
    }
    return text;
}

std::string json_string(std::string_view text) {
    std::string quoted;
    append_json_string(quoted, text);
    return quoted;
}

}  // namespace

std::string ping_start(PingStart const& start, PingLook const& look) {
    bool const is_v4 = start.target.address.family == Family::ipv4;
    std::string text = is_v4 ? fmt::format("PING {} ({}) ", start.host, start.target.to_string())
                             : fmt::format("PING {}({}) ", start.host, look.name(start.target));
    if (start.source) text += fmt::format("from {} {}: ", start.source->to_string(), start.device);
    if (!is_v4) return text + fmt::format("{} data bytes", start.size);
    return text + fmt::format("{}({}) bytes of data.", start.size, start.size + icmp_header + ipv4_header);
}

std::string ping_event(PingEvent const& event, PingLook const& look) {
    std::string const line = std::visit(Line{event, look}, event.what);
    if (!look.with_stamps || is_for_stderr(event)) return line;
    return fmt::format("[{}.{:06}] {}", event.at.count() / 1'000'000, event.at.count() % 1'000'000, line);
}

bool is_for_stderr(PingEvent const& event) {
    return std::holds_alternative<PingLocalError>(event.what) ||
           std::holds_alternative<PingSendError>(event.what);
}

std::string ping_summary(std::string_view host, PingSummary const& summary) {
    return fmt::format("\n--- {} ping statistics ---\n{}\n{}\n", host, counts(summary), times(summary));
}

std::string ping_status(PingSummary const& summary) {
    std::string text = fmt::format("{}/{} packets, {}% loss", summary.received, summary.transmitted,
                                   static_cast<std::int64_t>(loss_percent(summary)));
    if (auto const& rtt = summary.round_trips)
        text += fmt::format(", min/avg/ewma/max = {}/{}/{}/{} ms", milliseconds(rtt->least),
                            milliseconds(rtt->average), milliseconds(rtt->smoothed), milliseconds(rtt->most));
    return text;
}

std::string ping_json(PingStart const& start, PingSummary const& summary) {
    std::string text = fmt::format(
        "{{\"host\":{},\"address\":{},\"transmitted\":{},\"received\":{},\"duplicates\":{},\"corrupted\":{},"
        "\"errors\":{},"
        "\"loss_percent\":{:g},\"time_ms\":{}",
        json_string(start.host), json_string(start.target.to_string()), summary.transmitted, summary.received,
        summary.duplicates, summary.corrupted, summary.errors, loss_percent(summary),
        whole_milliseconds(summary.time));
    if (auto const& rtt = summary.round_trips)
        text += fmt::format(",\"rtt_ms\":{{\"min\":{},\"avg\":{},\"max\":{},\"mdev\":{}}}",
                            milliseconds(rtt->least), milliseconds(rtt->average), milliseconds(rtt->most),
                            milliseconds(rtt->deviation));
    return text + "}";
}

}  // namespace vethwork::report
