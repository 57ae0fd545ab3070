#include <vethwork/report/matrix_text.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/report/json_writer.hpp>
#include <vethwork/report/node_name.hpp>
#include <vethwork/report/text_columns.hpp>

namespace vethwork::report {

namespace {

using diagnose::Explanation;
using diagnose::Matrix;
using diagnose::MatrixPair;
using diagnose::Verdict;

enum class Cells : std::uint8_t { words, numbers };

class Writer {
public:
    Writer(Matrix const& matrix, MatrixStyle const& style) : matrix_(&matrix), style_(&style) {}

    std::string text() {
        auto table = table_of(Cells::words);
        cells_ = Cells::words;
        if (width_of(table) > style_->width) {
            cells_ = Cells::numbers;
            table = table_of(Cells::numbers);
        }
        for (auto const& line : table) text_ += line + "\n";
        for (std::size_t i = 0; i < matrix_->explanations.size(); ++i) explain(i);
        sum_up();
        return std::move(text_);
    }

private:
    std::string node(std::string const& netns) const { return node_name(netns, style_->prefix); }

    std::string cell(std::size_t from, std::size_t to, Cells cells) const {
        auto const* const pair = matrix_->pair(from, to);
        if (!pair) return "·";
        if (!pair->explanation) return "ok";
        return cells == Cells::numbers ? fmt::format("[{}]", *pair->explanation + 1) : pair->cause;
    }

    /// Senders downwards, receivers across.
    std::vector<std::string> table_of(Cells cells) const {
        std::vector<std::string> lines{"from \\ to"};
        for (auto const& one : matrix_->nodes) lines.push_back(node(one.netns));
        pad(lines);
        for (std::size_t to = 0; to < matrix_->nodes.size(); ++to) {
            lines[0] += "  " + node(matrix_->nodes[to].netns);
            for (std::size_t from = 0; from < matrix_->nodes.size(); ++from)
                lines[from + 1] += "  " + cell(from, to, cells);
            pad(lines);
        }
        for (auto& line : lines) line = trim_end(line);
        return lines;
    }

    static std::size_t width_of(std::vector<std::string> const& lines) {
        std::size_t width = 0;
        for (auto const& line : lines) width = std::max(width, columns_of(line));
        return width;
    }

    static void pad(std::vector<std::string>& lines) {
        auto const width = width_of(lines);
        for (auto& line : lines) line = pad_right(line, width);
    }

    void explain(std::size_t at) {
        auto const& one = matrix_->explanations[at];
        auto const number = cells_ == Cells::numbers ? fmt::format("[{}] ", at + 1) : std::string();
        text_ += fmt::format("\n{}{} ({} pair{})", number, join(one.causes, ", "), one.pairs,
                             one.pairs == 1 ? "" : "s");
        if (one.verdict == Verdict::degraded) text_ += ", at times";
        text_ += one.what.empty() ? ": insufficient evidence for the cause\n"
                                  : fmt::format(": {}: {}\n", node(one.netns), one.what);
        for (auto const& action : one.repair)
            text_ += fmt::format("  {:<8}{}\n", &action == one.repair.data() ? "repair" : "",
                                 diagnose::command_of(action));
    }

    void sum_up() {
        auto const reached = static_cast<std::size_t>(
            std::ranges::count(matrix_->pairs, Verdict::reachable, &MatrixPair::verdict));
        text_ += fmt::format("\n{} of {} pairs reach each other by {} ({:.1f} s)\n", reached,
                             matrix_->pairs.size(),
                             diagnose::to_string(matrix_->protocol.protocol, matrix_->protocol.port),
                             matrix_->elapsed_ms / 1e3);
    }

    Matrix const* matrix_;
    MatrixStyle const* style_;
    Cells cells_ = Cells::words;
    std::string text_;
};

void write_pairs(JsonWriter& json, Matrix const& matrix) {
    json.key("pairs").open_array();
    for (auto const& pair : matrix.pairs) {
        json.open_object().field("from", matrix.nodes[pair.from].netns);
        json.field("to", matrix.nodes[pair.to].netns);
        json.field("verdict", diagnose::to_string(pair.verdict));
        if (pair.verdict == Verdict::reachable) json.field("round_trip_ms", pair.round_trip_ms);
        if (pair.explanation) json.field("cause", pair.cause).field("explanation", *pair.explanation);
        json.close_object();
    }
    json.close_array();
}

void write_explanations(JsonWriter& json, std::vector<Explanation> const& explanations) {
    json.key("explanations").open_array();
    for (auto const& one : explanations) {
        json.open_object().key("causes").open_array();
        for (auto const& cause : one.causes) json.value(cause);
        json.close_array().field("namespace", one.netns).field("what", one.what);
        json.key("repair").open_array();
        for (auto const& action : one.repair) json.value(diagnose::command_of(action));
        json.close_array();
        json.field("pairs", one.pairs).close_object();
    }
    json.close_array();
}

}  // namespace

std::string matrix_text(Matrix const& matrix, MatrixStyle const& style) {
    return Writer(matrix, style).text();
}

std::string matrix_json(Matrix const& matrix) {
    JsonWriter json;
    json.open_object().field("all_reached", matrix.all_reached());
    json.field("protocol", diagnose::to_string(matrix.protocol.protocol, matrix.protocol.port));
    json.key("nodes").open_array();
    for (auto const& node : matrix.nodes)
        json.open_object().field("ns", node.netns).field("address", node.address.to_string()).close_object();
    json.close_array();
    write_pairs(json, matrix);
    write_explanations(json, matrix.explanations);
    json.field("elapsed_ms", static_cast<long>(matrix.elapsed_ms)).close_object();
    return json.text();
}

}  // namespace vethwork::report
