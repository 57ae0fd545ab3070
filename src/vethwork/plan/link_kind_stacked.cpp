#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

using topology::Ipvlan;
using topology::Macvlan;
using topology::NamedNumber;
using topology::Vlan;
using topology::Vrf;
using Words = std::vector<std::string>;
using M = KindOptions<Macvlan>;
using I = KindOptions<Ipvlan>;
using L = KindOptions<Vlan>;

template <std::size_t N>
NamedNumber const* find_named(std::array<NamedNumber, N> const& list, std::string_view word) {
    auto const* const found = std::ranges::find(list, word, &NamedNumber::name);
    return found == list.end() ? nullptr : found;
}

template <std::size_t N>
std::string name_of(std::array<NamedNumber, N> const& list, std::uint32_t number) {
    auto const* const found = std::ranges::find(list, number, &NamedNumber::number);
    return found == list.end() ? std::to_string(number) : std::string(found->name);
}

Result<> read_mode(WordReader& words, Macvlan& link, KindOption<Macvlan> const&, LinkContext const&) {
    auto const word = TRY(words.value());
    auto const* const mode = find_named(topology::macvlan_modes, word);
    if (!mode)
        return refused(
            fmt::format("Error: argument of \"mode\" must be \"private\", \"vepa\", \"bridge\", "
                        "\"passthru\" or \"source\", not \"{}\"",
                        word));
    link.mode = mode->number;
    return {};
}

void print_mode(Macvlan const& link, KindOption<Macvlan> const& self, Words& words) {
    if (link.mode)
        words.insert(words.end(), {std::string(self.keyword), name_of(topology::macvlan_modes, *link.mode)});
}

Result<> read_flag(WordReader& words, Macvlan& link, KindOption<Macvlan> const&, LinkContext const&) {
    auto const word = TRY(words.value());
    auto const flags = link.flags.value_or(0);
    if (word == "nopromisc")
        link.flags = static_cast<std::uint16_t>(flags | topology::macvlan_no_promiscuity);
    else if (word == "nodst")
        link.flags = static_cast<std::uint16_t>(flags | topology::macvlan_no_destination);
    else if (word == "null")
        link.flags = flags;
    else
        return refused(fmt::format(
            "Error: argument of \"flag\" must be \"nopromisc\", \"nodst\" or \"null\", not \"{}\"", word));
    return {};
}

void print_flags(Macvlan const& link, KindOption<Macvlan> const& self, Words& words) {
    if (!link.flags) return;
    auto const add = [&](std::string_view word) {
        words.insert(words.end(), {std::string(self.keyword), std::string(word)});
    };
    if (*link.flags & topology::macvlan_no_promiscuity) add("nopromisc");
    if (*link.flags & topology::macvlan_no_destination) add("nodst");
    if (*link.flags == 0) add("null");
}

template <std::uint16_t Flag>
constexpr KindOption<Macvlan> flag_alone(std::string_view keyword) {
    return {keyword,
            {},
            {},
            [](WordReader&, Macvlan& link, KindOption<Macvlan> const&, LinkContext const&) -> Result<> {
                link.flags = static_cast<std::uint16_t>(link.flags.value_or(0) | Flag);
                return {};
            }};
}

Result<> read_addresses(WordReader& words, Macvlan& link, KindOption<Macvlan> const&, LinkContext const&) {
    auto const word = TRY(words.value());
    auto const* const action = find_named(topology::macvlan_address_actions, word);
    if (!action) return refused(link_kind_usage("macvlan"));
    link.address_action = action->number;
    if (word == "add" || word == "del") {
        auto const address = TRY(read_link_address(TRY(words.value())));
        if (address.size != 6) return refused("");
        link.addresses.push_back(address);
    } else if (word == "set") {
        while (auto const address = LinkAddress::parse(words.peek())) {
            if (address->size != 6) break;
            link.addresses.push_back(*address);
            words.skip();
        }
    }
    return {};
}

void print_addresses(Macvlan const& link, KindOption<Macvlan> const& self, Words& words) {
    if (!link.address_action) return;
    words.insert(words.end(), {std::string(self.keyword),
                               name_of(topology::macvlan_address_actions, *link.address_action)});
    for (auto const& address : link.addresses) words.push_back(address.to_string());
}

Result<> read_queue(WordReader& words, Macvlan& link, KindOption<Macvlan> const&, LinkContext const&) {
    auto const word = TRY(words.value());
    link.broadcast_queue = parse_number<std::uint32_t>(word);
    if (link.broadcast_queue) return {};
    return refused(fmt::format(
        "Error: argument of \"bcqueuelen\" must be a positive integer [0-4294967295], not \"{}\"", word));
}

constexpr auto queue = [] {
    auto option = M::number<&Macvlan::broadcast_queue>("bcqueuelen", {});
    option.read = read_queue;
    return option;
}();

constexpr std::array macvlan_options{
    KindOption<Macvlan>{"mode", "{ private | vepa | bridge | passthru | source }", {}, read_mode, print_mode},
    KindOption<Macvlan>{"flag", "{ nopromisc | nodst | null }", {}, read_flag, print_flags},
    KindOption<Macvlan>{"macaddr",
                        "{ { add | del } ADDRESS | set [ ADDRESS ]... | flush }",
                        {},
                        read_addresses,
                        print_addresses},
    flag_alone<topology::macvlan_no_promiscuity>("nopromisc"),
    flag_alone<topology::macvlan_no_destination>("nodst"),
    queue,
};

constexpr KindManner macvlan_manner{.name = "macvlan", .unknown = "option"};
constexpr KindManner macvtap_manner{.name = "macvtap", .unknown = "option"};

Result<> finish_macvlan(Macvlan& link, WordReader&, LinkContext const&) {
    auto const* const passthru = find_named(topology::macvlan_modes, "passthru");
    if ((link.flags.value_or(0) & topology::macvlan_no_promiscuity) && link.mode != passthru->number)
        return refused("macvlan: nopromisc flag only valid in passthru mode\n" + link_kind_usage("macvlan"));
    return {};
}

Result<> read_ipvlan_mode(WordReader& words, Ipvlan& link, KindOption<Ipvlan> const&, LinkContext const&) {
    auto const word = TRY(words.value());
    auto const* const found = std::ranges::find(topology::ipvlan_modes, word);
    if (found == topology::ipvlan_modes.end())
        return refused("Error: argument of \"mode\" must be either \"l2\", \"l3\" or \"l3s\"");
    link.mode = static_cast<std::uint16_t>(found - topology::ipvlan_modes.begin());
    return {};
}

template <std::uint16_t Flag>
constexpr KindOption<Ipvlan> ipvlan_flag(std::string_view keyword) {
    return {keyword,
            {},
            {},
            [](WordReader&, Ipvlan& link, KindOption<Ipvlan> const&, LinkContext const&) -> Result<> {
                link.flags = Flag;
                return {};
            },
            [](Ipvlan const& link, KindOption<Ipvlan> const& self, Words& words) {
                if (link.flags == Flag) words.emplace_back(self.keyword);
            }};
}

constexpr auto ipvlan_mode = [] {
    auto option = I::choice<&Ipvlan::mode, topology::ipvlan_modes>("mode", {}, "{ l2 | l3 | l3s }");
    option.read = read_ipvlan_mode;
    return option;
}();

constexpr std::array ipvlan_options{ipvlan_mode, ipvlan_flag<topology::ipvlan_private>("private"),
                                    ipvlan_flag<topology::ipvlan_vepa>("vepa"), ipvlan_flag<0>("bridge")};
constexpr KindManner ipvlan_manner{.name = "ipvlan", .unknown = "option"};
constexpr KindManner ipvtap_manner{.name = "ipvtap", .unknown = "option"};

Result<> finish_ipvlan(Ipvlan& link, WordReader&, LinkContext const&) {
    if (!link.flags) link.flags = std::uint16_t{0};
    return {};
}

template <std::size_t Which>
constexpr KindOption<Vlan> vlan_flag() {
    return {
        topology::vlan_flag_names[Which].word,
        "{ on | off }",
        {},
        [](WordReader& words, Vlan& vlan, KindOption<Vlan> const& self, LinkContext const&) -> Result<> {
            constexpr auto bit = topology::vlan_flag_names[Which].bit;
            auto const word = TRY(words.value());
            if (word != "on" && word != "off")
                return refused(fmt::format("Error: argument of \"{}\" must be \"on\" or \"off\", not \"{}\"",
                                           self.keyword, word));
            if (!vlan.flags) vlan.flags.emplace();
            vlan.flags->mask |= bit;
            vlan.flags->flags = word == "on" ? vlan.flags->flags | bit : vlan.flags->flags & ~bit;
            return {};
        },
        [](Vlan const& vlan, KindOption<Vlan> const& self, Words& words) {
            constexpr auto bit = topology::vlan_flag_names[Which].bit;
            if (vlan.flags && (vlan.flags->mask & bit))
                words.insert(words.end(),
                             {std::string(self.keyword), vlan.flags->flags & bit ? "on" : "off"});
        }};
}

/// FROM:TO for as long as the words look so.
template <auto Member>
constexpr KindOption<Vlan> qos_map(std::string_view keyword, std::string_view complaint) {
    return {keyword, "[ FROM:TO ]...", complaint,
            [](WordReader& words, Vlan& vlan, KindOption<Vlan> const& self, LinkContext const&) -> Result<> {
                if (words.done()) return incomplete_line();
                if (!(vlan.*Member)) (vlan.*Member).emplace();
                while (words.peek().find(':') != std::string::npos) {
                    auto const& word = words.take();
                    auto const colon = word.find(':');
                    auto const from = parse_number<std::uint32_t>(std::string_view(word).substr(0, colon));
                    auto const to = parse_number<std::uint32_t>(std::string_view(word).substr(colon + 1));
                    if (!from || !to) return wrong_argument(self.complaint, word.substr(0, colon));
                    (vlan.*Member)->push_back({*from, *to});
                }
                return {};
            },
            [](Vlan const& vlan, KindOption<Vlan> const& self, Words& words) {
                if (!(vlan.*Member) || (vlan.*Member)->empty()) return;
                words.emplace_back(self.keyword);
                for (auto const& one : *(vlan.*Member))
                    words.push_back(fmt::format("{}:{}", one.from, one.to));
            }};
}

constexpr std::array vlan_options{
    L::ethernet_protocol<&Vlan::protocol>("protocol", "protocol is invalid"),
    L::number<&Vlan::id>("id", "id is invalid", "VLANID"),
    vlan_flag<0>(),
    vlan_flag<1>(),
    vlan_flag<3>(),
    vlan_flag<2>(),
    vlan_flag<4>(),
    qos_map<&Vlan::ingress>("ingress-qos-map", "invalid ingress-qos-map"),
    qos_map<&Vlan::egress>("egress-qos-map", "invalid egress-qos-map"),
};
constexpr KindManner vlan_manner{.name = "vlan"};

Result<> read_table(WordReader& words, Vrf& vrf, KindOption<Vrf> const& self, LinkContext const& context) {
    auto const word = TRY(words.value());
    vrf.table = context.names ? context.names->parse(topology::NameKind::route_table, word)
                              : parse_number<std::uint32_t>(word);
    if (!vrf.table) return wrong_argument(self.complaint, word);
    return {};
}

constexpr auto vrf_table = [] {
    auto option = KindOptions<Vrf>::number<&Vrf::table>("table", "invalid table ID\n", "TABLE");
    option.read = read_table;
    return option;
}();
constexpr std::array vrf_options{vrf_table};
constexpr KindManner vrf_manner{.name = "vrf", .unknown = "option"};

}  // namespace

constinit LinkKindWords const macvlan_words =
    option_kind<Macvlan, macvlan_manner, macvlan_options, &finish_macvlan>();
constinit LinkKindWords const macvtap_words =
    option_kind<topology::Macvtap, macvtap_manner, macvlan_options, &finish_macvlan>();
constinit LinkKindWords const ipvlan_words =
    option_kind<Ipvlan, ipvlan_manner, ipvlan_options, &finish_ipvlan>();
constinit LinkKindWords const ipvtap_words =
    option_kind<topology::Ipvtap, ipvtap_manner, ipvlan_options, &finish_ipvlan>();
constinit LinkKindWords const vlan_words = option_kind<Vlan, vlan_manner, vlan_options>();
constinit LinkKindWords const vrf_words = option_kind<Vrf, vrf_manner, vrf_options>();

}  // namespace vethwork::plan
