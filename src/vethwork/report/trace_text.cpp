#include <vethwork/report/trace_text.hpp>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include <vethwork/report/json_writer.hpp>
#include <vethwork/report/node_name.hpp>
#include <vethwork/report/text_columns.hpp>
#include <vethwork/report/why_text.hpp>

namespace vethwork::report {

namespace {

using diagnose::Answer;
using diagnose::Trace;
using diagnose::TracePoint;
using diagnose::Way;

/// One place where a packet comes in or goes out, as text.
struct Cell {
    std::string what, time;
};

/// A line of the way: a namespace (only on its first line), where the packet came in, where it went out.
struct Row {
    std::string_view arrow;
    std::string node;
    Cell in, out;
};

class Writer {
public:
    Writer(Trace const& trace, TraceStyle const& style) : trace_(&trace), style_(&style) {}

    std::string text() {
        text_ = headline() + "\n";
        add_rows(trace_->there, "→");
        add_rows(trace_->back, "←");
        write_rows();
        if (trace_->answer == Answer::none && trace_->was_sent) write_loss();
        if (trace_->first_round_trip > 0)
            text_ += fmt::format("  a first probe, before neighbours were known, took {}\n",
                                 span_text(trace_->first_round_trip));
        for (auto const& gap : trace_->gaps) text_ += "  not looked at: " + gap + "\n";
        if (trace_->answer != Answer::good && !style_->hint.empty())
            text_ += "hint      " + style_->hint + "\n";
        return std::move(text_);
    }

private:
    std::string node(std::string const& netns) const { return node_name(netns, style_->prefix); }
    std::string place(TracePoint const& point) const {
        return fmt::format("{} {} {}", node(point.at.netns), point.at.way == Way::in ? "in" : "out",
                           point.at.device);
    }

    std::string headline() const {
        auto const& flow = trace_->flow;
        return fmt::format(
            "{} → {}{}{}   {}", node(flow.from), node(trace_->to), trace_->to.empty() ? "" : " ",
            flow.destination.to_string() + " " + diagnose::to_string(flow.protocol, flow.port), outcome());
    }

    std::string outcome() const {
        auto const says = trace_->sender ? trace_->sender->to_string() + ": " : std::string();
        switch (trace_->answer) {
            case Answer::good:
                return "ANSWERED in " + span_text(trace_->round_trip);
            case Answer::refused:
                return fmt::format("REFUSED after {}: {}{}", span_text(trace_->round_trip), says,
                                   std::strerror(trace_->code));
            case Answer::error:
                if (!trace_->was_sent) return fmt::format("NOT SENT: {}", std::strerror(trace_->code));
                return fmt::format("FAILED after {}: {}{}", span_text(trace_->round_trip), says,
                                   std::strerror(trace_->code));
            case Answer::none:
                break;
        }
        auto const* const last = trace_->last_seen();
        return last ? "LOST behind " + place(*last) : "LOST before it was seen anywhere";
    }

    static Cell cell_of(TracePoint const& point) {
        return {point.at.device + (point.address ? " " + point.address->to_string() : ""),
                point.after ? span_text(*point.after) : "not seen"};
    }

    /// Points of one namespace share lines as far as they come in and go out in turn.
    void add_rows(std::vector<TracePoint> const& points, std::string_view arrow) {
        std::string const* last = nullptr;
        for (auto const& point : points) {
            bool const same = last && *last == point.at.netns;
            auto cell = cell_of(point);
            bool const enters = point.at.way == Way::in;
            if (!same || enters || !rows_.back().out.what.empty())
                rows_.push_back({point.after ? arrow : "·", same ? "" : node(point.at.netns), {}, {}});
            (enters ? rows_.back().in : rows_.back().out) = std::move(cell);
            last = &point.at.netns;
        }
    }

    void write_rows() {
        std::size_t nodes = 0, in = 0, in_time = 0, out = 0, out_time = 0;
        for (auto const& row : rows_) {
            nodes = std::max(nodes, columns_of(row.node));
            in = std::max(in, columns_of(row.in.what));
            in_time = std::max(in_time, columns_of(row.in.time));
            out = std::max(out, columns_of(row.out.what));
            out_time = std::max(out_time, columns_of(row.out.time));
        }
        for (auto const& row : rows_) {
            auto const line =
                fmt::format("  {} {}  {} {}  {}  {} {}  {}", row.arrow, pad_right(row.node, nodes),
                            row.in.what.empty() ? "  " : "in", pad_right(row.in.what, in),
                            pad_left(row.in.time, in_time), row.out.what.empty() ? "   " : "out",
                            pad_right(row.out.what, out), pad_left(row.out.time, out_time));
            (text_ += trim_end(line)) += "\n";
        }
    }

    void write_loss() {
        text_ += fmt::format("  {} probe{}, no answer\n", trace_->sent, trace_->sent == 1 ? "" : "s");
        if (auto const& question = trace_->question)
            text_ += fmt::format("  {} asked on {} who has {}, and nobody answered\n", node(question->netns),
                                 question->device, question->target.to_string());
        std::vector<std::string> told;
        for (auto const& drop : trace_->drops) {
            auto line = fmt::format("  dropped in {}: {}\n", node(drop.netns), drop.text);
            if (std::ranges::find(told, line) == told.end()) text_ += told.emplace_back(std::move(line));
        }
    }

    Trace const* trace_;
    TraceStyle const* style_;
    std::vector<Row> rows_;
    std::string text_;
};

std::string_view word_of(Answer answer) {
    switch (answer) {
        case Answer::good:
            return "answered";
        case Answer::refused:
            return "refused";
        case Answer::error:
            return "failed";
        case Answer::none:
            break;
    }
    return "lost";
}

void write_microseconds(JsonWriter& json, std::string_view name, std::int64_t nanoseconds) {
    json.field(name, static_cast<double>(nanoseconds) / 1e3);
}

void write_points(JsonWriter& json, std::string_view name, std::vector<TracePoint> const& points) {
    json.key(name).open_array();
    for (auto const& point : points) {
        json.open_object().field("ns", point.at.netns).field("dev", point.at.device);
        json.field("way", point.at.way == Way::in ? "in" : "out");
        if (point.address) json.field("address", point.address->to_string());
        json.field("seen", point.after.has_value());
        if (point.after) write_microseconds(json, "us", *point.after);
        json.close_object();
    }
    json.close_array();
}

}  // namespace

std::string span_text(std::int64_t nanoseconds) {
    auto const value = static_cast<double>(nanoseconds);
    if (nanoseconds < 1000) return fmt::format("{} ns", nanoseconds);
    if (nanoseconds < 1'000'000) return fmt::format("{:.1f} µs", value / 1e3);
    if (nanoseconds < 1'000'000'000) return fmt::format("{:.2f} ms", value / 1e6);
    return fmt::format("{:.2f} s", value / 1e9);
}

std::string trace_text(Trace const& trace, TraceStyle const& style) { return Writer(trace, style).text(); }

std::string trace_json(Trace const& trace) {
    JsonWriter json;
    json.open_object().field("outcome", word_of(trace.answer));
    write_flow(json, trace.flow, trace.to);
    json.field("was_sent", trace.was_sent).field("sent", trace.sent);
    if (trace.code != 0) json.field("error", std::strerror(trace.code));
    if (trace.sender) json.field("error_from", trace.sender->to_string());
    if (trace.round_trip > 0) write_microseconds(json, "round_trip_us", trace.round_trip);
    if (trace.first_round_trip > 0) write_microseconds(json, "first_round_trip_us", trace.first_round_trip);
    write_points(json, "there", trace.there);
    write_points(json, "back", trace.back);
    if (auto const* const last = trace.last_seen(); last && trace.answer == Answer::none)
        json.key("last_seen")
            .open_object()
            .field("ns", last->at.netns)
            .field("dev", last->at.device)
            .field("way", last->at.way == Way::in ? "in" : "out")
            .close_object();
    if (trace.question)
        json.key("unanswered_question")
            .open_object()
            .field("ns", trace.question->netns)
            .field("dev", trace.question->device)
            .field("target", trace.question->target.to_string())
            .close_object();
    json.key("drops").open_array();
    for (auto const& drop : trace.drops)
        json.open_object().field("ns", drop.netns).field("text", drop.text).close_object();
    json.close_array();
    json.key("not_looked_at").open_array();
    for (auto const& gap : trace.gaps) json.value(gap);
    json.close_array();
    json.close_object();
    return json.text();
}

}  // namespace vethwork::report
