#include <vethwork/diagnose/firewall.hpp>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::diagnose {

namespace {

using observe::NftChain;
using observe::NftRule;
using observe::Ruleset;
using Words = std::vector<std::string>;

enum class Fit : std::uint8_t { no, perhaps, yes };

Fit both(Fit left, Fit right) { return std::min(left, right); }
Fit inverted(Fit fit) { return fit == Fit::perhaps ? fit : fit == Fit::yes ? Fit::no : Fit::yes; }

/// Words as nft writes them: braces and commas are words, quotes are taken off.
Words words_of(std::string_view text) {
    Words words;
    std::string word;
    bool quoted = false;
    auto const flush = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (char const c : text) {
        if (c == '"') quoted = !quoted;
        if (c == '"') continue;
        if (quoted || (c != ' ' && c != '\t' && c != '{' && c != '}' && c != ',' && c != ';')) {
            word += c;
            continue;
        }
        flush();
        if (c == '{' || c == '}' || c == ',') words.emplace_back(1, c);
    }
    flush();
    return words;
}

/// What follows a selector: one value, a list in braces, the elements of a named set.
struct Values {
    bool inverted = false, is_map = false;
    Words items;                                             ///< of a set, or the one value
    std::vector<std::pair<std::string, std::string>> pairs;  ///< of a verdict map
};

class RuleReader {
public:
    RuleReader(Ruleset const& rules, NftChain const& chain, NftRule const& rule, FirewallPacket const& packet)
        : rules_(&rules), chain_(&chain), packet_(&packet), words_(words_of(rule.text)) {}

    struct Outcome {
        Fit fit = Fit::yes;
        std::string verdict, target;  ///< "jump" and where to; empty: goes on
        bool untracks = false;
        bool counts = false;  ///< depends on a rate, on chance, on how many there are
        std::uint32_t mark = 0;
        unsigned time_to_live = 0;
    };

    Outcome read() {
        while (at_ < words_.size() && outcome_.fit != Fit::no && outcome_.verdict.empty()) take_statement();
        return std::move(outcome_);
    }

private:
    std::string peek(std::size_t ahead = 0) const {
        return at_ + ahead < words_.size() ? words_[at_ + ahead] : std::string();
    }
    std::string next() { return at_ < words_.size() ? words_[at_++] : std::string(); }
    void require(Fit fit) { outcome_.fit = both(outcome_.fit, fit); }

    void take_statement() {
        auto const word = next();
        if (word == "accept" || word == "drop" || word == "reject" || word == "return" || word == "queue") {
            outcome_.verdict = word;
        } else if (word == "jump" || word == "goto") {
            outcome_.verdict = word;
            outcome_.target = next();
        } else if (word == "counter") {
            while (peek() == "packets" || peek() == "bytes") at_ += 2;
        } else if (word == "comment") {
            (void)next();
        } else if (word == "ip" || word == "ip6") {
            take_ip(word == "ip" ? Family::ipv4 : Family::ipv6);
        } else if (word == "tcp" || word == "udp" || word == "th" || word == "sctp") {
            take_transport(word);
        } else if (word == "icmp" || word == "icmpv6") {
            take_icmp(word == "icmp" ? Family::ipv4 : Family::ipv6);
        } else if (word == "iifname" || word == "iif") {
            require(fit_text(take_values(), packet_->incoming));
        } else if (word == "oifname" || word == "oif") {
            require(fit_text(take_values(), packet_->outgoing));
        } else if (word == "ether" || word == "arp") {
            take_frame(word);
        } else if (word == "notrack") {
            outcome_.untracks = true;
        } else if (word == "meta") {
            take_meta();
        } else if (word == "ct") {
            take_conntrack();
        } else if (word == "limit" || word == "numgen" || word == "fib" || word == "quota" ||
                   word == "socket") {
            outcome_.counts |= word == "limit" || word == "numgen" || word == "quota";
            require(Fit::perhaps);
        } else if (word == "add" || word == "update" || word == "delete") {
            take_set_change();
        } else if (word == "dnat" || word == "snat" || word == "masquerade" || word == "redirect") {
            outcome_.verdict = word;
            while (peek() == "ip" || peek() == "ip6" || peek() == "to") (void)next();
            outcome_.target = next();
        }
    }

    /// "add @conns { ip saddr ct count over 2 }": what it counts decides.
    void take_set_change() {
        if (!peek().starts_with('@')) return;
        while (at_ < words_.size() && peek() != "}") {
            auto const word = next();
            if (word != "limit" && word != "count") continue;
            outcome_.counts = true;
            require(Fit::perhaps);
        }
        (void)next();
    }

    [[nodiscard]] std::string protocol_word() const {
        if (packet_->is_arp) return "arp";
        return packet_->destination.family == Family::ipv4 ? "ip" : "ip6";
    }

    void take_frame(std::string const& layer) {
        auto const field = next();
        auto const values = take_values();
        if (layer == "arp" && !packet_->is_arp) return require(Fit::no);
        if (layer == "ether" && field == "type") return require(fit_text(values, protocol_word()));
        if (layer == "arp" && field == "operation") return require(fit_text(values, "request"));
        require(Fit::perhaps);
    }

    void take_ip(Family family) {
        auto const field = next();
        if (peek() == "set") {
            (void)next();
            auto const value = parse_number<unsigned>(next()).value_or(0);
            if (field == "ttl" || field == "hoplimit") outcome_.time_to_live = value;
            return;
        }
        auto const values = take_values();
        if (packet_->is_arp || packet_->destination.family != family) return require(Fit::no);
        if (field == "saddr") return require(fit_address(values, packet_->source));
        if (field == "daddr") return require(fit_address(values, packet_->destination));
        if (field == "protocol" || field == "nexthdr") return require(fit_protocol(values));
        require(Fit::perhaps);
    }

    void take_transport(std::string const& protocol) {
        auto const field = next();
        auto const ours = packet_->protocol == Protocol::tcp   ? "tcp"
                          : packet_->protocol == Protocol::udp ? "udp"
                                                               : "icmp";
        if (field == "flags") return take_tcp_flags(ours);
        auto const values = take_values();
        if (packet_->is_arp) return require(Fit::no);
        if (protocol != ours && (protocol != "th" || packet_->protocol == Protocol::icmp))
            return require(Fit::no);
        if (field == "dport") return require(fit_port(values, packet_->destination_port));
        if (field == "sport") return require(fit_port(values, packet_->source_port));
        require(Fit::perhaps);
    }

    void take_tcp_flags(std::string_view ours) {
        if (ours != "tcp") return require(Fit::no);
        bool const asks_for_opening =
            peek() == "syn" || (peek() == "&" && std::ranges::find(words_, "==") != words_.end());
        while (at_ < words_.size() && !is_statement(peek())) ++at_;
        require(asks_for_opening && !packet_->answers ? Fit::yes : Fit::perhaps);
    }

    static bool is_statement(std::string const& word) {
        static constexpr std::string_view known[] = {"accept",  "drop",    "reject", "return", "jump", "goto",
                                                     "counter", "comment", "ct",     "ip",     "ip6",  "tcp",
                                                     "udp",     "meta",    "limit",  "log"};
        return std::ranges::find(known, word) != std::end(known);
    }

    void take_icmp(Family family) {
        auto const field = next();
        auto const values = take_values();
        if (packet_->is_arp || packet_->protocol != Protocol::icmp || packet_->destination.family != family)
            return require(Fit::no);
        if (field == "type") return require(fit_text(values, packet_->icmp_type));
        require(Fit::perhaps);
    }

    void take_meta() {
        auto const field = next();
        if (field == "nftrace" || peek() == "set") {
            (void)next();
            auto const value = next();
            if (field == "mark") outcome_.mark = parse_mark(value);
            return;
        }
        auto const values = take_values();
        if (field == "l4proto") return require(fit_protocol(values));
        if (field == "iifname") return require(fit_text(values, packet_->incoming));
        if (field == "oifname") return require(fit_text(values, packet_->outgoing));
        bool const v4 = packet_->destination.family == Family::ipv4;
        if (field == "nfproto") return require(fit_text(values, v4 ? "ipv4" : "ipv6"));
        if (field == "protocol") return require(fit_text(values, protocol_word()));
        require(Fit::perhaps);
    }

    static std::uint32_t parse_mark(std::string const& text) {
        return static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 0));
    }

    void take_conntrack() {
        auto const field = next();
        if (field == "count") {
            if (peek() == "over") (void)next();
            (void)next();
            outcome_.counts = true;
            return require(Fit::perhaps);
        }
        auto const values = take_values();
        if (field != "state") return require(Fit::perhaps);
        std::string const state = conntrack_state();
        auto const names = [&values](std::string_view one) {
            return std::ranges::find(values.items, one) != values.items.end();
        };
        if (values.is_map) return require(fit_text(values, state));
        bool const is_known = packet_->untracked || packet_->unexpected;
        Fit const fit = names(state) ? Fit::yes : names("invalid") && !is_known ? Fit::perhaps : Fit::no;
        require(values.inverted ? inverted(fit) : fit);
    }

    /// An unexpected datagram begins a flow of its own; other unexpected answers belong to none.
    [[nodiscard]] std::string conntrack_state() const {
        if (packet_->untracked) return "untracked";
        if (packet_->unexpected) return packet_->protocol == Protocol::udp ? "new" : "invalid";
        return packet_->answers ? "established" : "new";
    }

    Values take_values() {
        Values values;
        if (peek() == "!=" || peek() == "==") values.inverted = next() == "!=";
        if (peek() == "vmap") {
            (void)next();
            values.is_map = true;
        }
        if (peek() == "{") {
            (void)next();
            take_list(values);
        } else if (peek().starts_with('@')) {
            auto const name = next().substr(1);
            auto const set = rules_->sets.find(chain_->family + " " + chain_->table + " " + name);
            if (set != rules_->sets.end())
                for (auto const& word : words_of(set->second))
                    if (word != ",") values.items.push_back(word);
        } else {
            values.items.push_back(next());
            while (peek() == ",") {
                (void)next();
                values.items.push_back(next());
            }
        }
        return values;
    }

    void take_list(Values& values) {
        while (at_ < words_.size() && peek() != "}") {
            auto const item = next();
            if (item == ",") continue;
            if (peek() == ":") {
                (void)next();
                auto verdict = next();
                if (verdict == "jump" || verdict == "goto") verdict += " " + next();
                values.pairs.emplace_back(item, std::move(verdict));
                continue;
            }
            values.items.push_back(item);
        }
        (void)next();
    }

    /// The verdict of a map's entry is the rule's.
    template <class Test>
    Fit fit_map(Values const& values, Test const& test) {
        for (auto const& [key, verdict] : values.pairs) {
            if (!test(key) && key != "*") continue;
            auto const space = verdict.find(' ');
            outcome_.verdict = verdict.substr(0, space);
            if (space != std::string::npos) outcome_.target = verdict.substr(space + 1);
            return Fit::yes;
        }
        return Fit::no;
    }

    template <class Test>
    Fit fit_any(Values const& values, Test const& test) {
        if (values.is_map) return values.pairs.empty() ? Fit::perhaps : fit_map(values, test);
        bool const some = std::ranges::any_of(values.items, test);
        return some != values.inverted ? Fit::yes : Fit::no;
    }

    Fit fit_text(Values const& values, std::string const& text) {
        return fit_any(values, [&text](std::string const& item) {
            return item == text || (item.ends_with('*') && text.starts_with(item.substr(0, item.size() - 1)));
        });
    }

    Fit fit_port(Values const& values, std::uint16_t port) {
        if (port == 0) return Fit::perhaps;
        return fit_any(values, [port](std::string const& item) {
            auto const dash = item.find('-');
            auto const first = parse_number<std::uint16_t>(item.substr(0, dash));
            auto const last =
                dash == std::string::npos ? first : parse_number<std::uint16_t>(item.substr(dash + 1));
            return first && last && port >= *first && port <= *last;
        });
    }

    Fit fit_address(Values const& values, IpAddress const& address) {
        return fit_any(values, [&address](std::string const& item) {
            if (auto const dash = item.find('-'); dash != std::string::npos) {
                auto const first = IpAddress::parse(item.substr(0, dash)),
                           last = IpAddress::parse(item.substr(dash + 1));
                return first && last && address >= *first && address <= *last;
            }
            auto const prefix = IpPrefix::parse(item);
            return prefix && prefix->contains(address);
        });
    }

    Fit fit_protocol(Values const& values) {
        if (packet_->is_arp) return Fit::no;
        auto const spellings = spellings_of(packet_->protocol, packet_->destination.family);
        return fit_any(values, [&spellings](std::string const& item) {
            return std::ranges::find(spellings, item) != spellings.end();
        });
    }

    Ruleset const* rules_;
    NftChain const* chain_;
    FirewallPacket const* packet_;
    Words words_;
    std::size_t at_ = 0;
    Outcome outcome_;
};

bool translates(std::string_view verdict) {
    return verdict == "dnat" || verdict == "snat" || verdict == "masquerade" || verdict == "redirect";
}

/// "192.168.1.10", "192.168.1.10:80", "[fd00::1]:80", ":80"
void read_target(std::string const& text, Translation& translation) {
    auto address = text;
    if (address.starts_with('[')) {
        auto const end = address.find(']');
        translation.port =
            parse_number<std::uint16_t>(end + 2 < address.size() ? address.substr(end + 2) : "").value_or(0);
        address = address.substr(1, end - 1);
    } else if (auto const colon = address.find(':');
               colon != std::string::npos && address.find(':', colon + 1) == std::string::npos) {
        translation.port = parse_number<std::uint16_t>(address.substr(colon + 1)).value_or(0);
        address = address.substr(0, colon);
    }
    translation.address = IpAddress::parse(address);
}

/// Goes through chains as the kernel does.
class Evaluation {
public:
    Evaluation(Ruleset const& rules, FirewallPacket const& packet) : rules_(&rules), packet_(&packet) {}

    std::optional<FirewallVerdict> of_base(NftChain const& chain) {
        perhaps_.reset();
        escape_ = nullptr;
        switch (run(chain, 0)) {
            case End::ended:
                return ended_;
            case End::accepted:
                return perhaps_;
            case End::through:
                break;
        }
        if (chain.policy == "drop")
            return FirewallVerdict{FirewallVerdict::Kind::drop, !escape_, &chain, nullptr, escape_};
        return perhaps_;
    }

private:
    enum class End : std::uint8_t { through, accepted, ended };
    static constexpr int deepest = 16;

    End run(NftChain const& chain, int depth) {
        for (auto const& rule : chain.rules) {
            auto const outcome = RuleReader(*rules_, chain, rule, *packet_).read();
            if (outcome.fit == Fit::no || outcome.verdict.empty()) continue;
            if (outcome.verdict == "jump" || outcome.verdict == "goto") {
                auto const* const target = find(chain, outcome.target);
                if (!target || depth >= deepest || outcome.fit == Fit::perhaps) continue;
                if (auto const end = run(*target, depth + 1); end != End::through) return end;
                if (outcome.verdict == "goto") return End::through;
                continue;
            }
            if (outcome.verdict == "return" && outcome.fit == Fit::yes) return End::through;
            if (translates(outcome.verdict)) return End::accepted;
            bool const ends = outcome.verdict == "drop" || outcome.verdict == "reject";
            auto const kind =
                outcome.verdict == "reject" ? FirewallVerdict::Kind::reject : FirewallVerdict::Kind::drop;
            if (outcome.fit == Fit::perhaps) {
                if (ends && !perhaps_) perhaps_ = FirewallVerdict{kind, false, &chain, &rule};
                if (!ends && outcome.counts && !escape_) escape_ = &rule;
                continue;
            }
            if (!ends) return End::accepted;
            ended_ = FirewallVerdict{kind, !escape_, &chain, &rule, escape_};
            return End::ended;
        }
        return End::through;
    }

    NftChain const* find(NftChain const& from, std::string const& name) const {
        for (auto const& chain : rules_->chains)
            if (chain.family == from.family && chain.table == from.table && chain.name == name) return &chain;
        return nullptr;
    }

    Ruleset const* rules_;
    FirewallPacket const* packet_;
    std::optional<FirewallVerdict> perhaps_, ended_;
    NftRule const* escape_ = nullptr;
};

bool is_of(NftChain const& chain, std::string_view family, FirewallPacket const& packet) {
    if (!family.empty()) return chain.family == family;
    auto const own = packet.destination.family == Family::ipv4 ? "ip" : "ip6";
    return chain.family == "inet" || chain.family == own;
}

}  // namespace

std::optional<FirewallVerdict> firewall_verdict(Ruleset const& rules, std::string_view hook,
                                                std::string_view family, FirewallPacket const& packet) {
    std::optional<FirewallVerdict> perhaps;
    Evaluation evaluation(rules, packet);
    for (auto const& chain : rules.chains) {
        if (chain.hook != hook || chain.type == "nat" || !is_of(chain, family, packet)) continue;
        if (!chain.device.empty() && chain.device != packet.incoming && chain.device != packet.outgoing)
            continue;
        auto const verdict = evaluation.of_base(chain);
        if (verdict && verdict->always) return verdict;
        if (verdict && !perhaps) perhaps = verdict;
    }
    return perhaps;
}

std::uint32_t mark_of(Ruleset const& rules, std::string_view hook, FirewallPacket const& packet) {
    std::uint32_t mark = 0;
    for (auto const& chain : rules.chains) {
        if (chain.hook != hook || !is_of(chain, "", packet)) continue;
        for (auto const& rule : chain.rules)
            if (auto const outcome = RuleReader(rules, chain, rule, packet).read();
                outcome.mark != 0 && outcome.fit == Fit::yes)
                mark = outcome.mark;
    }
    return mark;
}

std::optional<TimeToLive> set_time_to_live(Ruleset const& rules, std::string_view hook,
                                           FirewallPacket const& packet) {
    for (auto const& chain : rules.chains) {
        if (chain.hook != hook || !is_of(chain, "", packet)) continue;
        for (auto const& rule : chain.rules)
            if (auto const outcome = RuleReader(rules, chain, rule, packet).read();
                outcome.time_to_live != 0 && outcome.fit == Fit::yes)
                return TimeToLive{&chain, &rule, outcome.time_to_live};
    }
    return {};
}

bool is_left_untracked(Ruleset const& rules, std::string_view hook, FirewallPacket const& packet) {
    return std::ranges::any_of(rules.chains, [&](NftChain const& chain) {
        return chain.hook == hook && is_of(chain, "", packet) &&
               std::ranges::any_of(chain.rules, [&](NftRule const& rule) {
                   auto const outcome = RuleReader(rules, chain, rule, packet).read();
                   return outcome.untracks && outcome.fit == Fit::yes;
               });
    });
}

std::optional<Translation> translation(Ruleset const& rules, std::string_view hook,
                                       FirewallPacket const& packet) {
    for (auto const& chain : rules.chains) {
        if (chain.hook != hook || chain.type != "nat" || !is_of(chain, "", packet)) continue;
        for (auto const& rule : chain.rules) {
            auto const outcome = RuleReader(rules, chain, rule, packet).read();
            if (outcome.fit != Fit::yes || !translates(outcome.verdict)) continue;
            Translation found{.chain = &chain, .rule = &rule};
            found.kind = outcome.verdict == "dnat"       ? Translation::Kind::destination
                         : outcome.verdict == "snat"     ? Translation::Kind::source
                         : outcome.verdict == "redirect" ? Translation::Kind::redirect
                                                         : Translation::Kind::masquerade;
            found.text = outcome.target;
            read_target(outcome.target, found);
            return found;
        }
    }
    return {};
}

std::vector<std::string_view> spellings_of(Protocol protocol, Family family) {
    if (protocol == Protocol::tcp) return {"tcp", "6"};
    if (protocol == Protocol::udp) return {"udp", "17"};
    if (family == Family::ipv4) return {"icmp", "1"};
    return {"ipv6-icmp", "icmpv6", "58"};
}

std::string match_words(FirewallPacket const& packet) {
    auto const ip = packet.destination.family == Family::ipv4 ? "ip" : "ip6";
    auto words = fmt::format("{} saddr {} {} daddr {}", ip, packet.source.to_string(), ip,
                             packet.destination.to_string());
    if (packet.protocol == Protocol::icmp)
        return words +
               (packet.destination.family == Family::ipv4 ? " ip protocol icmp" : " meta l4proto icmpv6");
    auto const name = packet.protocol == Protocol::tcp ? "tcp" : "udp";
    if (packet.destination_port != 0)
        return words + fmt::format(" {} dport {}", name, packet.destination_port);
    return words + fmt::format(" {} sport {}", name, packet.source_port);
}

}  // namespace vethwork::diagnose
