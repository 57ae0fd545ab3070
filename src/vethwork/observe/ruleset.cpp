#include <vethwork/observe/ruleset.hpp>

#include <vethwork/base/text.hpp>
#include <vethwork/netlink/nftables.hpp>

namespace vethwork::observe {

namespace {

/// Reads line by line; what a line means depends on the block that it stands in.
class Reader {
public:
    void read(std::string_view line) {
        auto const words = split_words(line);
        if (words.empty()) return;
        if (words.back() == "}" && words.size() == 1) return leave();
        if (in_set_) return read_set_line(line);
        if (depth_ == 0) return begin_table(words);
        if (depth_ == 1) return begin_block(words);
        if (chain_) read_chain_line(line, words);
    }
    Ruleset take() { return std::move(ruleset_); }

private:
    void begin_table(std::vector<std::string_view> const& words) {
        if (words[0] != "table" || words.size() < 4) return;
        family_ = words[1];
        table_ = words[2];
        depth_ = 1;
    }

    void begin_block(std::vector<std::string_view> const& words) {
        if (words.size() < 3 || words[2] != "{") return;
        depth_ = 2;
        chain_ = words[0] == "chain";
        in_set_ = words[0] == "set" || words[0] == "map";
        set_key_ = family_ + " " + table_ + " " + std::string(words[1]);
        if (chain_)
            ruleset_.chains.push_back({.family = family_, .table = table_, .name = std::string(words[1])});
        if (in_set_) ruleset_.sets[set_key_];
    }

    void leave() {
        --depth_;
        chain_ = in_set_ = in_elements_ = false;
    }

    /// `elements = { 80, 443 }`, perhaps over several lines.
    void read_set_line(std::string_view line) {
        if (auto const begin = line.find("elements = {"); begin != std::string_view::npos) {
            in_elements_ = true;
            line.remove_prefix(begin + 12);
        }
        if (!in_elements_) return;
        auto const end = line.find('}');
        auto& elements = ruleset_.sets[set_key_];
        elements += " " + std::string(trim(line.substr(0, end)));
        if (end != std::string_view::npos) in_elements_ = false;
    }

    void read_chain_line(std::string_view line, std::vector<std::string_view> const& words) {
        auto& chain = ruleset_.chains.back();
        if (words[0] == "type" && words.size() > 4 && words[2] == "hook") return read_hook(chain, words);
        auto text = trim(line);
        NftRule rule;
        if (auto const at = text.rfind(" # handle "); at != std::string_view::npos) {
            rule.handle = parse_number<std::uint64_t>(text.substr(at + 10)).value_or(0);
            text = trim(text.substr(0, at));
        }
        rule.text = text;
        chain.rules.push_back(std::move(rule));
    }

    /// `type filter hook input [device "lo"] priority filter; policy drop;`
    static void read_hook(NftChain& chain, std::vector<std::string_view> const& words) {
        auto const bare = [](std::string_view word) {
            while (!word.empty() && (word.back() == ';' || word.back() == '"')) word.remove_suffix(1);
            if (word.starts_with('"')) word.remove_prefix(1);
            return std::string(word);
        };
        for (std::size_t i = 0; i + 1 < words.size(); ++i) {
            if (words[i] == "type") chain.type = bare(words[i + 1]);
            if (words[i] == "hook") chain.hook = bare(words[i + 1]);
            if (words[i] == "device") chain.device = bare(words[i + 1]);
            if (words[i] == "policy") chain.policy = bare(words[i + 1]);
            if (words[i] == "priority") chain.priority = bare(words[i + 1]);
        }
    }

    Ruleset ruleset_;
    int depth_ = 0;
    bool chain_ = false, in_set_ = false, in_elements_ = false;
    std::string family_, table_, set_key_;
};

}  // namespace

Ruleset read_ruleset(std::string_view text) {
    Reader reader;
    for (auto const line : split(text, '\n')) reader.read(line);
    return reader.take();
}

Result<Ruleset> ruleset() {
    return read_ruleset(TRY(netlink::run_nft("list ruleset", netlink::NftOutput::handles)));
}

}  // namespace vethwork::observe
