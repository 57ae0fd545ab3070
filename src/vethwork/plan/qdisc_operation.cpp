#include <vethwork/plan/qdisc_operation.hpp>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/netem.hpp>

namespace vethwork::plan {

namespace {

using topology::Netem;
using topology::Qdisc;

constexpr std::int64_t ns_per_us = 1'000, ns_per_ms = 1'000'000, ns_per_s = 1'000'000'000;

/// tc(8) knows no nanoseconds and no minutes.
std::string time_word(topology::Duration duration) {
    auto const ns = duration.nanoseconds;
    if (ns != 0 && ns % ns_per_s == 0) return fmt::format("{}s", ns / ns_per_s);
    if (ns % ns_per_ms == 0) return fmt::format("{}ms", ns / ns_per_ms);
    return fmt::format("{}us", static_cast<double>(ns) / ns_per_us);
}

/// Collects words; `before` tells what has to be taken back.
class NetemWords {
public:
    NetemWords(Netem const& netem, Netem const& before) : netem_(netem), before_(before) {}

    std::vector<std::string> run() {
        if (netem_.limit != Netem{}.limit) add("limit", std::to_string(netem_.limit));
        add_delay();
        add_loss();
        add_share("duplicate", &Netem::duplicate, &Netem::duplicate_correlation);
        add_share("reorder", &Netem::reorder, &Netem::reorder_correlation);
        if (netem_.gap > 1) add("gap", std::to_string(netem_.gap));
        add_share("corrupt", &Netem::corrupt, &Netem::corrupt_correlation);
        if (is_told(&Netem::rate)) add("rate", to_text(netem_.rate));
        if (netem_.marks) add("ecn");
        return std::move(words_);
    }

private:
    template <class T>
    [[nodiscard]] bool is_told(T Netem::*member) const {
        return netem_.*member != T{} || before_.*member != T{};
    }
    void add(std::string_view word) { words_.emplace_back(word); }
    void add(std::string_view word, std::string value) {
        add(word);
        words_.push_back(std::move(value));
    }

    void add_delay() {
        bool const correlates = is_told(&Netem::delay_correlation);
        bool const varies = is_told(&Netem::jitter) || correlates;
        if (!is_told(&Netem::delay) && !varies) return;
        add("delay", time_word(netem_.delay));
        if (varies) add(time_word(netem_.jitter));
        if (correlates) add(topology::kept_text(netem_.delay_correlation));
        if (netem_.distribution != topology::DelayDistribution::uniform)
            add("distribution", std::string(topology::name_of(netem_.distribution)));
    }

    void add_loss() {
        auto const& bursts = netem_.burst_loss;
        if (!bursts) return add_share("loss", &Netem::loss, &Netem::loss_correlation);
        add("loss", "gemodel");
        for (auto const share : {bursts->enter, bursts->leave, bursts->bad, bursts->good})
            add(topology::kept_text(share));
    }

    void add_share(std::string_view word, topology::Share Netem::*share,
                   topology::Share Netem::*correlation) {
        bool const correlates = is_told(correlation);
        if (!is_told(share) && !correlates) return;
        add(word, topology::kept_text(netem_.*share));
        if (correlates) add(topology::kept_text(netem_.*correlation));
    }

    Netem const& netem_;
    Netem const& before_;
    std::vector<std::string> words_;
};

std::string settings(Qdisc const& qdisc) {
    auto const* const netem = std::get_if<Netem>(&qdisc.options);
    return netem ? join(netem_words(*netem), " ") : std::string();
}

std::vector<std::string> command(std::string_view verb, Qdisc const& qdisc) {
    return {"qdisc", std::string(verb), "dev", qdisc.link.name, "root"};
}

/// The kind, and what it is set to.
void add_kind(std::vector<std::string>& words, Qdisc const& qdisc, Netem const& before) {
    words.push_back(qdisc.kind);
    if (auto const* const netem = std::get_if<Netem>(&qdisc.options))
        for (auto& word : netem_words(*netem, before)) words.push_back(std::move(word));
}

}  // namespace

std::vector<std::string> netem_words(Netem const& netem, Netem const& before) {
    return NetemWords(netem, before).run();
}

std::string AddQdisc::describe() const {
    return fmt::format("impair what leaves by \"{}\": {}", qdisc.link.name, settings(qdisc));
}
std::string ChangeQdisc::describe() const {
    return fmt::format("impair what leaves by \"{}\" otherwise: {}, before: {}", qdisc.link.name,
                       settings(qdisc), settings(before));
}
std::string DeleteQdisc::describe() const {
    return fmt::format("delete queueing discipline {} of \"{}\"", qdisc.kind, qdisc.link.name);
}

std::vector<std::string> AddQdisc::words() const {
    auto words = command("add", qdisc);
    if (auto const* const netem = std::get_if<Netem>(&qdisc.options))
        if (auto const handle = topology::handle_of(netem->distribution); handle != 0) {
            words.emplace_back("handle");
            words.push_back(fmt::format("{:x}:", handle >> 16));
        }
    add_kind(words, qdisc, {});
    return words;
}

std::vector<std::string> ChangeQdisc::words() const {
    auto words = command("change", qdisc);
    auto const* const was = std::get_if<Netem>(&before.options);
    add_kind(words, qdisc, was ? *was : Netem{});
    return words;
}

std::vector<std::string> DeleteQdisc::words() const { return command("delete", qdisc); }

DeleteQdisc AddQdisc::inverse() const { return {qdisc}; }

std::optional<AddQdisc> DeleteQdisc::inverse() const {
    auto const* const netem = std::get_if<Netem>(&qdisc.options);
    if (!netem || netem->four_state_loss) return {};
    return AddQdisc{qdisc};
}

}  // namespace vethwork::plan
