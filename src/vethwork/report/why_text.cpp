#include <vethwork/report/why_text.hpp>

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/script.hpp>
#include <vethwork/report/json_writer.hpp>
#include <vethwork/report/node_name.hpp>

namespace vethwork::report {

namespace {

/// What a line has to do with the cause.
struct RoleWords {
    std::string_view json, text;  ///< the text stands behind the line's number
};

RoleWords const& words_of(diagnose::LineRole role) {
    static constexpr RoleWords words[] = {
        {"cause", ""},
        {"taken away", " asks for it; it was taken away since `up`"},
        {"changed", " asks for something else; it was changed since `up`"},
        {"added", " does not ask for it; it came since `up`"},
        {"repair", " is where a repair belongs"},
    };
    return words[static_cast<std::size_t>(role)];
}

using diagnose::Diagnosis;
using diagnose::PathStep;
using diagnose::Verdict;

class Writer {
public:
    Writer(Diagnosis const& diagnosis, WhyStyle const& style) : diagnosis_(&diagnosis), style_(&style) {}

    std::string text() {
        headline();
        path();
        also();
        file();
        repair();
        notes();
        return std::move(text_);
    }

private:
    template <class... Parts>
    void line(fmt::format_string<Parts...> format, Parts&&... parts) {
        text_ += fmt::format(format, std::forward<Parts>(parts)...) + "\n";
    }

    std::string short_name(std::string const& netns) const { return node_name(netns, style_->prefix); }

    void headline() {
        auto const& d = *diagnosis_;
        auto verdict = std::string(diagnose::to_string(d.verdict));
        std::ranges::transform(verdict, verdict.begin(), [](unsigned char c) { return std::toupper(c); });
        auto const to = d.to.empty() ? std::string() : short_name(d.to) + " ";
        auto head =
            fmt::format("{} → {}{} {}   {}", short_name(d.flow.from), to, d.flow.destination.to_string(),
                        diagnose::to_string(d.flow.protocol, d.flow.port), verdict);
        if (d.verdict == Verdict::reachable) head += fmt::format(" ({:.1f} ms)", d.round_trip_ms);
        if (d.verdict == Verdict::degraded)
            head += d.answered == d.sent ? std::string(" (small packets only)")
                                         : fmt::format(" ({} of {} answered)", d.answered, d.sent);
        if (d.cause)
            head += fmt::format(": {}: {}", short_name(d.cause->netns), d.cause->what);
        else if (d.verdict == Verdict::unreachable)
            head += ": insufficient evidence for the cause";
        line("{}", head);
    }

    static std::string ways(PathStep const& step) {
        if (step.in.empty()) return step.out.empty() ? "" : "out " + step.out;
        return step.out.empty() ? "in " + step.in : fmt::format("in {}, out {}", step.in, step.out);
    }

    void steps(std::vector<PathStep> const& all, std::string_view arrow) {
        for (auto const& step : all)
            line("  {} {:<8} {}{}{}", step.seen ? arrow : "·", short_name(step.netns), ways(step),
                 step.decision.empty() ? "" : ", route " + step.decision, step.seen ? "" : "   not seen");
    }

    static std::string chain(std::vector<PathStep> const& all, auto const& name) {
        std::string text;
        for (auto const& step : all) text += (text.empty() ? "" : " → ") + name(step.netns);
        return text;
    }

    void path() {
        auto const& d = *diagnosis_;
        auto const name = [this](std::string const& netns) { return short_name(netns); };
        bool const all = style_->detail == Detail::full;
        if (all) {
            steps(d.forward, "→");
            steps(d.back, "←");
            return;
        }
        if (!d.forward.empty())
            line("  there   {}{}", chain(d.forward, name),
                 d.on_the_way_back || d.answered > 0 ? "   the request arrives" : "");
        if (!d.back.empty()) line("  back    {}", chain(d.back, name));
        if (d.verdict != Verdict::reachable && !d.evidence.empty()) {
            auto const& last = d.evidence.back();
            line("  seen    {}: {} {}", short_name(last.netns), last.kind, last.text);
        }
    }

    void also() {
        if (diagnosis_->verdict == Verdict::reachable) return;
        for (auto const& finding : diagnosis_->also)
            line("  also    {}: {}", short_name(finding.netns), finding.what);
    }

    void file() {
        if (!diagnosis_->source) return;
        auto const& quote = *diagnosis_->source;
        auto const& origin = quote.place.origin;
        line("  file    {}:{}{}: {}{}", origin.file, origin.line, words_of(quote.place.role).text,
             plan::quoted_line(quote.text),
             quote.has_changed ? "   (as `up` read it; the file has changed since)" : "");
    }

    void repair() {
        auto const& d = *diagnosis_;
        if (!d.cause || d.cause->repair.empty()) return;
        std::string_view label = "repair";
        for (auto const& action : d.cause->repair) {
            line("{:<8}  {}", label, diagnose::command_of(action));
            label = "";
        }
        if (d.repair_tested)
            line("          {}", d.repair_works ? "tried on a copy of the network: works"
                                                : "tried on a copy of the network: not enough");
        else if (!d.not_tried.empty())
            line("          not tried: {}", d.not_tried);
    }

    void notes() {
        for (auto const& note : diagnosis_->notes) line("  note    {}", note);
        for (auto const& gap : diagnosis_->gaps) line("  not looked at: {}", gap);
        if (style_->detail == Detail::full)
            line("  observers: {}; {:.0f} ms", join(diagnosis_->observers, ", "), diagnosis_->elapsed_ms);
    }

    Diagnosis const* diagnosis_;
    WhyStyle const* style_;
    std::string text_;
};

void write_finding(JsonWriter& json, diagnose::Finding const& finding) {
    json.open_object();
    json.field("cause", finding.cause).field("namespace", finding.netns).field("what", finding.what);
    json.field("certainty", diagnose::to_string(finding.certainty));
    json.close_object();
}

void write_path(JsonWriter& json, std::string_view name, std::vector<PathStep> const& steps) {
    json.key(name).open_array();
    for (auto const& step : steps) {
        json.open_object().field("ns", step.netns);
        if (!step.in.empty()) json.field("in", step.in);
        if (!step.out.empty()) json.field("out", step.out);
        if (!step.decision.empty()) json.field("route", step.decision);
        json.field("seen", step.seen).close_object();
    }
    json.close_array();
}

void write_texts(JsonWriter& json, std::string_view name, std::vector<std::string> const& texts) {
    json.key(name).open_array();
    for (auto const& text : texts) json.value(text);
    json.close_array();
}

void write_source(JsonWriter& json, diagnose::FileQuote const& quote) {
    auto const& origin = quote.place.origin;
    json.key("source").open_object().field("path", quote.path);
    json.field("line", origin.line).field("column", origin.column).field("text", quote.text);
    json.field("is", words_of(quote.place.role).json).field("file_has_changed", quote.has_changed);
    json.close_object();
}

}  // namespace

std::string why_text(Diagnosis const& diagnosis, WhyStyle const& style) {
    return Writer(diagnosis, style).text();
}

void write_flow(JsonWriter& json, diagnose::Flow const& flow, std::string const& to) {
    json.key("flow").open_object().field("from", flow.from);
    if (!to.empty()) json.field("to", to);
    if (flow.source) json.field("src", flow.source->to_string());
    json.field("dst", flow.destination.to_string());
    auto const words = diagnose::to_string(flow.protocol, flow.port);
    json.field("proto", words.substr(0, words.find(':')));
    if (flow.protocol != diagnose::Protocol::icmp) json.field("port", flow.port);
    json.close_object();
}

void write_diagnosis(JsonWriter& json, Diagnosis const& d) {
    json.open_object().field("verdict", diagnose::to_string(d.verdict));
    json.field("cause", d.cause ? d.cause->cause : d.verdict == Verdict::reachable ? "none" : "unknown");
    if (d.cause) {
        json.field("namespace", d.cause->netns).field("what", d.cause->what);
        json.field("certainty", diagnose::to_string(d.cause->certainty));
    }
    if (d.source) write_source(json, *d.source);
    write_flow(json, d.flow, d.to);
    json.field("direction", d.on_the_way_back ? "return" : "forward");
    std::vector<std::string> commands;
    if (d.cause)
        for (auto const& action : d.cause->repair) commands.push_back(diagnose::command_of(action));
    write_texts(json, "repair", commands);
    json.field("repair_tested", d.repair_tested);
    if (d.repair_tested) json.field("repair_works", d.repair_works);
    if (!d.not_tried.empty()) json.field("repair_not_tested", d.not_tried);
    json.key("also").open_array();
    for (auto const& finding : d.also) write_finding(json, finding);
    json.close_array();
    json.key("evidence").open_array();
    for (auto const& one : d.evidence)
        json.open_object()
            .field("kind", one.kind)
            .field("ns", one.netns)
            .field("text", one.text)
            .close_object();
    json.close_array();
    json.key("path").open_object();
    write_path(json, "forward", d.forward);
    write_path(json, "return", d.back);
    json.close_object();
    json.field("sent", d.sent).field("answered", d.answered);
    write_texts(json, "observers", d.observers);
    write_texts(json, "not_looked_at", d.gaps);
    write_texts(json, "notes", d.notes);
    json.field("elapsed_ms", static_cast<long>(d.elapsed_ms));
    json.close_object();
}

std::string why_json(Diagnosis const& diagnosis) {
    JsonWriter json;
    write_diagnosis(json, diagnosis);
    return json.text();
}

}  // namespace vethwork::report
