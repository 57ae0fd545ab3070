#include <vethwork/diagnose/ruleset_lines.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>
#include <vector>

#include <vethwork/base/text.hpp>

namespace vethwork::diagnose {

namespace {

using Words = std::vector<std::string>;

struct Statement {
    Words words;
    std::uint32_t line = 0;
};

struct Chain {
    std::vector<Statement> rules;
    std::uint32_t policy_line = 0;
};

/// Reads tables and chains, as blocks or as commands.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::map<std::string, Chain> run() {
        for (; at_ < text_.size(); ++at_) take(text_[at_]);
        end_statement();
        return std::move(chains_);
    }

private:
    enum class Block { table, chain, other };

    void take(char c) {
        if (c == '"') return take_quoted();
        if (c == '#') {
            while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
            return;
        }
        if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
            ++at_, ++line_;
            return;
        }
        if (c == '\n') ++line_;
        if (c == '{' && in_list_ == 0 && opens_block()) return;
        if (c == '{') ++in_list_;
        if (c == '}' && in_list_ == 0) {
            end_statement();
            if (!blocks_.empty()) blocks_.pop_back();
            return;
        }
        if (c == '}') --in_list_;
        if ((c == ';' || c == '\n') && in_list_ == 0) return end_statement();
        if (std::isspace(static_cast<unsigned char>(c)) || c == ',' || c == '{' || c == '}' || c == ';')
            return end_word();
        add(c);
    }

    void take_quoted() {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) add(text_[at_]);
        end_word();
    }

    void add(char c) {
        if (word_.empty() && words_.empty()) begun_ = line_;
        word_ += c;
    }

    void end_word() {
        if (!word_.empty()) words_.push_back(std::exchange(word_, {}));
    }

    [[nodiscard]] bool is_in(Block block) const { return !blocks_.empty() && blocks_.back() == block; }

    /// Whether a brace opens a block and not a list of values.
    bool opens_block() {
        end_word();
        Words words = words_;
        if (!words.empty() && (words[0] == "add" || words[0] == "create")) words.erase(words.begin());
        if (words.empty()) return false;
        if (is_in(Block::chain)) return false;
        if (is_in(Block::table)) {
            blocks_.push_back(words[0] == "chain" ? Block::chain : Block::other);
            if (words[0] == "chain" && words.size() > 1) chain_ = table_ + " " + words[1];
        } else if (blocks_.empty() && words[0] == "table") {
            table_ = words.size() > 2 ? words[1] + " " + words[2] : "ip " + words.back();
            blocks_.push_back(Block::table);
        } else if (blocks_.empty() && words[0] == "chain" && words.size() > 2) {
            chain_ = named(words, 1);
            blocks_.push_back(Block::chain);
        } else {
            return false;
        }
        words_.clear();
        return true;
    }

    static bool is_family(std::string const& word) {
        constexpr std::string_view families[] = {"ip", "ip6", "inet", "arp", "bridge", "netdev"};
        return std::ranges::find(families, word) != std::end(families);
    }

    /// FAMILY TABLE CHAIN from `begin` on, where the family may be left out.
    static std::string named(Words const& words, std::size_t begin) {
        bool const told = is_family(words[begin]);
        auto const at = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
        auto const first = begin + (told ? 1 : 0);
        return (told ? words[begin] : "ip") + " " + at(first) + " " + at(first + 1);
    }

    void end_statement() {
        end_word();
        auto words = std::exchange(words_, {});
        if (words.empty()) return;
        if (is_in(Block::chain)) return add_to(chains_[chain_], std::move(words), false);
        bool const inserts = words[0] == "insert";
        bool const is_rule = words.size() > 4 && (words[0] == "add" || inserts) && words[1] == "rule";
        if (!blocks_.empty() || !is_rule) return;
        auto& chain = chains_[named(words, 2)];
        words.erase(words.begin(), words.begin() + (is_family(words[2]) ? 5 : 4));
        add_to(chain, std::move(words), inserts);
    }

    void add_to(Chain& chain, Words words, bool in_front) {
        if (words.empty()) return;
        if (words[0] == "type" && std::ranges::find(words, "hook") != words.end()) {
            if (chain.policy_line == 0) chain.policy_line = begun_;
        } else if (words[0] == "policy") {
            chain.policy_line = begun_;
        } else if (words[0] != "comment" && words[0] != "devices" && words[0] != "flags") {
            chain.rules.insert(in_front ? chain.rules.begin() : chain.rules.end(),
                               {std::move(words), begun_});
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1, begun_ = 1;
    std::string word_, table_, chain_;
    Words words_;
    int in_list_ = 0;
    std::vector<Block> blocks_;
    std::map<std::string, Chain> chains_;
};

/// What tells a rule: not what it has counted.
Words words_of(std::string_view rule) {
    std::string text(rule);
    for (char& c : text)
        if (c == '"' || c == ',' || c == '{' || c == '}' || c == ';') c = ' ';
    Words words;
    for (auto const word : split_words(text)) {
        auto const n = words.size();
        bool const counted = n >= 2 && (words[n - 1] == "packets" || words[n - 1] == "bytes") &&
                             std::ranges::find(words, "counter") != words.end();
        if (counted)
            words.pop_back();
        else
            words.emplace_back(word);
    }
    return words;
}

/// 0: nothing in common; 1: the same words.
double likeness(Words left, Words right) {
    std::ranges::sort(left);
    std::ranges::sort(right);
    Words both;
    std::ranges::set_intersection(left, right, std::back_inserter(both));
    auto const most = std::max(left.size(), right.size());
    return most == 0 ? 0 : static_cast<double>(both.size()) / static_cast<double>(most);
}

/// For each rule of the text the number of the kernel's rule that it became, or nothing: both are in the same
/// order, and as alike as they can be together.
std::vector<std::optional<std::size_t>> pairs_of(std::vector<Statement> const& asked,
                                                 std::vector<std::string> const& there) {
    constexpr double least = 0.34;
    auto const rows = asked.size(), columns = there.size();
    std::vector<Words> words;
    for (auto const& rule : there) words.push_back(words_of(rule));
    std::vector<std::vector<double>> alike(rows, std::vector<double>(columns));
    std::vector<std::vector<double>> best(rows + 1, std::vector<double>(columns + 1));
    for (std::size_t i = rows; i-- > 0;)
        for (std::size_t j = columns; j-- > 0;) {
            auto const like = likeness(asked[i].words, words[j]);
            alike[i][j] = like < least ? 0 : like;
            best[i][j] = std::max({best[i + 1][j], best[i][j + 1], alike[i][j] + best[i + 1][j + 1]});
        }
    std::vector<std::optional<std::size_t>> pairs(rows);
    for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
        if (alike[i][j] > 0 && best[i][j] <= alike[i][j] + best[i + 1][j + 1] + 1e-9)
            pairs[i++] = j++;
        else if (best[i][j] <= best[i + 1][j] + 1e-9)
            ++i;
        else
            ++j;
    }
    return pairs;
}

/// The end of the stretch of the chain's rules that the packet passes before what ends it.
std::size_t end_of_passed(std::vector<std::optional<std::size_t>> const& pairs, RulePlace const& rule) {
    for (std::size_t i = 0; i < pairs.size(); ++i)
        if (pairs[i] && rule.index && *pairs[i] >= *rule.index) return i;
    return pairs.size();
}

}  // namespace

std::optional<RuleLine> line_of_rule(std::string_view text, RulePlace const& rule) {
    auto const chains = Reader(text).run();
    auto const found = chains.find(rule.chain);
    if (found == chains.end()) return {};
    auto const& chain = found->second;
    auto const pairs = pairs_of(chain.rules, rule.rules);
    auto const passed = end_of_passed(pairs, rule);
    for (std::size_t i = 0; i < passed; ++i)
        if (!pairs[i] && !chain.rules[i].words.empty() && chain.rules[i].words.back() == "accept")
            return RuleLine{chain.rules[i].line, true};
    if (!rule.index) {
        if (chain.policy_line == 0) return {};
        return RuleLine{chain.policy_line};
    }
    if (passed == pairs.size() || pairs[passed] != rule.index) return {};
    return RuleLine{chain.rules[passed].line};
}

}  // namespace vethwork::diagnose
