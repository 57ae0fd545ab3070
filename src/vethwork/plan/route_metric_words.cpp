#include <vethwork/plan/route_metric_words.hpp>

#include <cmath>
#include <limits>

#include <vethwork/base/decimal.hpp>

namespace vethwork::plan {

namespace {

using topology::RouteMetric;
using topology::RouteMetrics;

enum class Form { number, octet, truth, time, time_locked, features, name };

struct MetricRow {
    std::string_view name;
    bool abbreviable;
    RouteMetric metric;
    Form form;
    std::string_view called;  ///< in complaints
    MetricTurn turn = MetricTurn::first;
    std::uint32_t unit = 1;  ///< of a time: how many make a millisecond
};

constexpr MetricRow rows[] = {
    {"mtu", false, RouteMetric::mtu, Form::number, "mtu"},
    {"hoplimit", false, RouteMetric::hoplimit, Form::octet, "hoplimit"},
    {"advmss", false, RouteMetric::advmss, Form::number, "mss"},
    {"reordering", true, RouteMetric::reordering, Form::number, "reordering"},
    {"rtt", false, RouteMetric::rtt, Form::time, "rtt", MetricTurn::first, 8},
    {"rto_min", false, RouteMetric::rto_min, Form::time_locked, "rto_min"},
    {"window", true, RouteMetric::window, Form::number, "window"},
    {"cwnd", true, RouteMetric::cwnd, Form::number, "cwnd"},
    {"initcwnd", true, RouteMetric::initcwnd, Form::number, "initcwnd"},
    {"initrwnd", true, RouteMetric::initrwnd, Form::number, "initrwnd"},
    {"features", true, RouteMetric::features, Form::features, "features"},
    {"quickack", true, RouteMetric::quickack, Form::truth, "quickack"},
    {"congctl", true, RouteMetric::cc_algo, Form::name, "congctl"},
    {"rttvar", true, RouteMetric::rttvar, Form::time, "rttvar", MetricTurn::first, 4},
    {"ssthresh", true, RouteMetric::ssthresh, Form::number, "ssthresh"},
    {"fastopen_no_cookie", true, RouteMetric::fastopen_no_cookie, Form::truth, "fastopen_no_cookie",
     MetricTurn::last},
};

Error invalid(MetricRow const& row, std::string_view word) {
    return wrong_argument(fmt::format("\"{}\" value is invalid\n", row.called), word);
}

bool same_letters(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y;
           });
}

/// A time as milliseconds, or a bare number in the kernel's own unit. Fractions are rounded up.
std::optional<std::uint32_t> parse_time(std::string_view word, std::uint32_t unit) {
    auto const digits = word.find_first_not_of("0123456789.");
    auto const number = word.substr(0, digits);
    auto const suffix = digits == std::string_view::npos ? std::string_view{} : word.substr(digits);
    auto const decimal = parse_decimal(number);
    if (!decimal) return {};
    double value = *decimal;
    if (same_letters(suffix, "s") || same_letters(suffix, "sec") || same_letters(suffix, "secs"))
        value *= 1000;
    else if (suffix.empty())
        unit = 1;
    else if (!same_letters(suffix, "ms") && !same_letters(suffix, "msec") && !same_letters(suffix, "msecs"))
        return {};
    if (value > std::numeric_limits<std::uint32_t>::max()) return {};
    return static_cast<std::uint32_t>(std::ceil(value)) * unit;
}

Result<std::uint32_t> read_truth(MetricRow const& row, std::string const& word) {
    auto const number = parse_number<std::uint32_t>(word);
    if (!number) return invalid(row, word);
    if (*number > 1) return wrong_argument(fmt::format("\"{}\" value should be 0 or 1\n", row.called), word);
    return *number;
}

Result<std::uint32_t> read_metric(MetricRow const& row, std::string const& word) {
    switch (row.form) {
        case Form::truth:
            return read_truth(row, word);
        case Form::features:
            if (word != "ecn") return wrong_argument("\"features\" value not valid\n", word);
            return topology::ecn_feature;
        case Form::time:
        case Form::time_locked: {
            auto const time = parse_time(word, row.unit);
            if (!time) return invalid(row, word);
            return *time;
        }
        case Form::number:
        case Form::octet:
        case Form::name:
            break;
    }
    auto const number = parse_number<std::uint32_t>(word);
    if (!number || (row.form == Form::octet && *number > 255)) return invalid(row, word);
    return *number;
}

bool can_be_locked(Form form) {
    return form == Form::number || form == Form::octet || form == Form::time || form == Form::name;
}

Result<> take_value(MetricRow const& row, WordReader& words, RouteMetrics& metrics) {
    auto word = TRY(words.value());
    if (row.form == Form::time_locked) metrics.lock(row.metric);
    if (can_be_locked(row.form) && word == "lock") {
        metrics.lock(row.metric);
        word = TRY(words.value());
    }
    if (row.form == Form::name)
        metrics.congestion_control = word;
    else
        metrics[row.metric] = TRY(read_metric(row, word));
    return {};
}

}  // namespace

Result<bool> parse_route_metric(WordReader& words, RouteMetrics& metrics, MetricTurn turn) {
    for (auto const& row : rows) {
        if (row.turn != turn) continue;
        if (!(row.abbreviable ? words.take_prefix(row.name) : words.take_exact(row.name))) continue;
        TRY(take_value(row, words, metrics));
        return true;
    }
    return false;
}

void print_route_metrics(RouteMetrics const& metrics, std::vector<std::string>& words) {
    for (auto const& row : rows) {
        auto const& value = metrics[row.metric];
        bool const named = row.form == Form::name && !metrics.congestion_control.empty();
        if (!value && !named) continue;
        words.emplace_back(row.name);
        if (can_be_locked(row.form) && metrics.is_locked(row.metric)) words.emplace_back("lock");
        if (named)
            words.push_back(metrics.congestion_control);
        else
            words.push_back(row.form == Form::features ? "ecn" : std::to_string(*value));
    }
}

}  // namespace vethwork::plan
