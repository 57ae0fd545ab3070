#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

using topology::Geneve;
using topology::Vxlan;

constexpr std::uint32_t most_id = (1u << 24) - 1, most_flow_label = (1u << 20) - 1;
constexpr std::uint16_t generic_protocol_extension_port = 4790;  // RFC 7348's 4789 is for frames

/// What VXLAN and GENEVE have in common.
template <class Kind>
struct OverUdp : KindOptions<Kind> {
    using Option = KindOption<Kind>;
    using Words = std::vector<std::string>;

    template <auto Member, std::uint32_t Most>
    static constexpr Option limited(std::string_view keyword, std::string_view complaint,
                                    std::string_view value) {
        auto option = KindOptions<Kind>::template number<Member>(keyword, complaint, value);
        option.read = [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
            auto const word = TRY(words.value());
            auto const number = parse_number<std::uint32_t>(word);
            if (!number || *number > Most) return wrong_argument(self.complaint, word);
            kind.*Member = *number;
            return {};
        };
        return option;
    }

    static constexpr Option ttl(std::string_view keyword) {
        return {keyword,
                "{ 1..255 | auto | inherit }",
                {},
                [](WordReader& words, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    auto const word = TRY(words.value());
                    if (word == "inherit") {
                        kind.ttl_inherit = true;
                        return {};
                    }
                    auto const number = word == "auto" ? 0 : parse_number<std::uint32_t>(word);
                    if (!number) return wrong_argument("invalid TTL", word);
                    if (*number > 255) return wrong_argument("TTL must be <= 255", word);
                    kind.ttl = static_cast<std::uint8_t>(*number);
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.ttl_inherit.value_or(false))
                        words.insert(words.end(), {std::string(self.keyword), "inherit"});
                    else if (kind.ttl)
                        words.insert(words.end(), {std::string(self.keyword), std::to_string(*kind.ttl)});
                },
                [](Kind const& kind) { return kind.ttl || kind.ttl_inherit; }};
    }

    /// A number for which a word may stand.
    template <auto Member, char const* Word>
    static constexpr Option number_or(std::string_view keyword, std::string_view complaint) {
        auto option = KindOptions<Kind>::template number<Member>(keyword, complaint);
        option.read = [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
            auto const word = TRY(words.value());
            auto const number = word == Word ? 0 : parse_number<std::uint32_t>(word);
            if (!number) return wrong_argument(self.complaint, word);
            kind.*Member = *number;
            return {};
        };
        return option;
    }

    static constexpr Option dont_fragment() {
        auto option =
            KindOptions<Kind>::template choice<&Kind::dont_fragment, topology::dont_fragment_choices>(
                "df", "DF must be 'unset', 'set' or 'inherit'", "{ unset | set | inherit }");
        option.read = [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
            auto const word = TRY(words.value());
            auto const* const found = std::ranges::find(topology::dont_fragment_choices, word);
            if (found == topology::dont_fragment_choices.end()) return wrong_argument(self.complaint, word);
            kind.dont_fragment = static_cast<std::uint8_t>(found - topology::dont_fragment_choices.begin());
            return {};
        };
        return option;
    }
};

using V = OverUdp<Vxlan>;
using G = OverUdp<Geneve>;

constexpr char none[] = "none", unlimited[] = "unlimited";

enum class Remote { group, host };

/// `group` and `remote` are one member; which of them it is, the address tells.
template <Remote Which>
constexpr KindOption<Vxlan> vxlan_remote(std::string_view keyword) {
    return {
        keyword,
        "ADDRESS",
        {},
        [](WordReader& words, Vxlan& vxlan, KindOption<Vxlan> const& self, LinkContext const&) -> Result<> {
            constexpr bool group = Which == Remote::group;
            if (vxlan.remote && vxlan.remote->is_multicast() != group)
                return refused("vxlan: both group and remote cannot be specified");
            auto const word = TRY(words.value());
            if (vxlan.remote) return garbage_argument(self.keyword, word);
            auto const family = vxlan.local ? std::optional(vxlan.local->family) : std::nullopt;
            auto const address = TRY(read_host(word, family));
            if (address.is_multicast() != group)
                return wrong_argument(fmt::format("invalid {} address", self.keyword), word);
            vxlan.remote = address;
            return {};
        },
        [](Vxlan const& vxlan, KindOption<Vxlan> const& self, std::vector<std::string>& words) {
            constexpr bool group = Which == Remote::group;
            if (vxlan.remote && vxlan.remote->is_multicast() == group)
                words.insert(words.end(), {std::string(self.keyword), vxlan.remote->to_string()});
        }};
}

Result<> read_local(WordReader& words, Vxlan& vxlan, KindOption<Vxlan> const&, LinkContext const&) {
    auto const word = TRY(words.value());
    auto const family = vxlan.remote ? std::optional(vxlan.remote->family) : std::nullopt;
    vxlan.local = TRY(read_host(word, family));
    if (vxlan.local->is_multicast()) return wrong_argument("invalid local address", word);
    return {};
}

Result<> read_ports(WordReader& words, Vxlan& vxlan, KindOption<Vxlan> const&, LinkContext const&) {
    auto const low = TRY(words.number<std::uint16_t>("min port"));
    vxlan.source_ports = topology::SourcePorts{low, TRY(words.number<std::uint16_t>("max port"))};
    return {};
}

void print_ports(Vxlan const& vxlan, KindOption<Vxlan> const& self, std::vector<std::string>& words) {
    if (vxlan.source_ports)
        words.insert(words.end(), {std::string(self.keyword), std::to_string(vxlan.source_ports->low),
                                   std::to_string(vxlan.source_ports->high)});
}

constexpr KindOption<Vxlan> source_ports{"srcport",  "MIN MAX",   {},
                                         read_ports, print_ports, V::has<&Vxlan::source_ports>};

constexpr KindManner vxlan_manner{.name = "vxlan", .repeat = Repeat::refused};

constexpr std::array vxlan_options{
    V::limited<&Vxlan::id, most_id>("id", "invalid id", "VNI"),
    V::limited<&Vxlan::id, most_id>("id", "invalid id", "VNI").synonym("vni"),
    vxlan_remote<Remote::group>("group"),
    vxlan_remote<Remote::host>("remote"),
    KindOption<Vxlan>{
        "local", "ADDRESS", {}, read_local, V::print_address<&Vxlan::local>, V::has<&Vxlan::local>},
    V::link<&Vxlan::underlay>("dev"),
    V::ttl("ttl"),
    V::ttl("ttl").synonym("hoplimit"),
    V::ds_field<&Vxlan::tos>("tos"),
    V::ds_field<&Vxlan::tos>("tos").synonym("dsfield"),
    V::dont_fragment(),
    V::limited<&Vxlan::flow_label, most_flow_label>("flowlabel", "invalid flowlabel", "LABEL")
        .synonym("label"),
    V::limited<&Vxlan::flow_label, most_flow_label>("flowlabel", "invalid flowlabel", "LABEL"),
    V::number_or<&Vxlan::ageing, none>("ageing", "ageing timer"),
    V::number_or<&Vxlan::limit, unlimited>("maxaddress", "max addresses"),
    source_ports.synonym("port"),
    source_ports,
    V::number<&Vxlan::port>("dstport", "dst port", "PORT"),
    V::flag<&Vxlan::learning, false>("nolearning"),
    V::flag<&Vxlan::learning>("learning"),
    V::flag<&Vxlan::proxy, false>("noproxy"),
    V::flag<&Vxlan::proxy>("proxy"),
    V::flag<&Vxlan::route_short_circuit, false>("norsc"),
    V::flag<&Vxlan::route_short_circuit>("rsc"),
    V::flag<&Vxlan::l2_miss, false>("nol2miss"),
    V::flag<&Vxlan::l2_miss>("l2miss"),
    V::flag<&Vxlan::l3_miss, false>("nol3miss"),
    V::flag<&Vxlan::l3_miss>("l3miss"),
    V::flag<&Vxlan::udp_checksum>("udpcsum"),
    V::flag<&Vxlan::udp_checksum, false>("noudpcsum"),
    V::flag<&Vxlan::udp6_zero_checksum_tx>("udp6zerocsumtx"),
    V::flag<&Vxlan::udp6_zero_checksum_tx, false>("noudp6zerocsumtx"),
    V::flag<&Vxlan::udp6_zero_checksum_rx>("udp6zerocsumrx"),
    V::flag<&Vxlan::udp6_zero_checksum_rx, false>("noudp6zerocsumrx"),
    V::flag<&Vxlan::remote_checksum_tx>("remcsumtx"),
    V::flag<&Vxlan::remote_checksum_tx, false>("noremcsumtx"),
    V::flag<&Vxlan::remote_checksum_rx>("remcsumrx"),
    V::flag<&Vxlan::remote_checksum_rx, false>("noremcsumrx"),
    V::flag<&Vxlan::external>("external"),
    V::flag<&Vxlan::external, false>("noexternal"),
    V::flag<&Vxlan::group_policy>("gbp"),
    V::flag<&Vxlan::protocol_extension>("gpe"),
    V::flag<&Vxlan::vni_filter>("vnifilter").exact(),
    V::flag<&Vxlan::vni_filter, false>("novnifilter").exact(),
};

Result<> check_vxlan(Vxlan const& vxlan, bool sets) {
    bool const external = vxlan.external.value_or(false), filters = vxlan.vni_filter.value_or(false);
    if (!external && filters) return refused("vxlan: vnifilter is valid only when 'external' is set");
    if (external && vxlan.id) return refused("vxlan: both 'external' and vni cannot be specified");
    if (!external && !vxlan.id && !sets) return refused("vxlan: missing virtual network identifier");
    if (vxlan.remote && vxlan.remote->is_multicast() && !vxlan.underlay)
        return refused("vxlan: 'group' requires 'dev' to be specified");
    return {};
}

Result<> finish_vxlan(Vxlan& vxlan, WordReader& words, LinkContext const& context) {
    bool const sets = context.purpose != LinkPurpose::add;
    TRY(check_vxlan(vxlan, sets));
    if (!vxlan.port && vxlan.protocol_extension) {
        vxlan.port = generic_protocol_extension_port;
    } else if (!vxlan.port && !sets) {
        words.note(
            "vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)");
        words.note(
            "Use 'dstport 4789' to get the IANA assigned value\n"
            "Use 'dstport 0' to get default and quiet this message");
    }
    if (vxlan.port == std::uint16_t{0}) vxlan.port.reset();
    if (vxlan.source_ports == topology::SourcePorts{}) vxlan.source_ports.reset();
    if (vxlan.external.value_or(false)) vxlan.learning = false;
    if (!vxlan.remote && !vxlan.local && context.family) vxlan.remote = IpAddress::any(*context.family);
    return {};
}

constexpr KindManner geneve_manner{.name = "geneve", .repeat = Repeat::refused};

Result<> read_geneve_remote(WordReader& words, Geneve& geneve, KindOption<Geneve> const&,
                            LinkContext const&) {
    auto const word = TRY(words.value());
    geneve.remote = TRY(read_host(word, {}));
    if (geneve.remote->is_multicast()) return wrong_argument("invalid remote address", word);
    return {};
}

constexpr std::array geneve_options{
    G::limited<&Geneve::id, most_id>("id", "invalid id", "VNI"),
    G::limited<&Geneve::id, most_id>("id", "invalid id", "VNI").synonym("vni"),
    KindOption<Geneve>{"remote",
                       "ADDRESS",
                       {},
                       read_geneve_remote,
                       G::print_address<&Geneve::remote>,
                       G::has<&Geneve::remote>},
    G::ttl("ttl"),
    G::ttl("ttl").synonym("hoplimit"),
    G::ds_field<&Geneve::tos>("tos"),
    G::ds_field<&Geneve::tos>("tos").synonym("dsfield"),
    G::dont_fragment(),
    G::limited<&Geneve::flow_label, most_flow_label>("flowlabel", "invalid flowlabel", "LABEL")
        .synonym("label"),
    G::limited<&Geneve::flow_label, most_flow_label>("flowlabel", "invalid flowlabel", "LABEL"),
    G::number<&Geneve::port>("dstport", "dstport", "PORT"),
    G::flag<&Geneve::external>("external"),
    G::flag<&Geneve::external, false>("noexternal"),
    G::flag<&Geneve::udp_checksum>("udpcsum"),
    G::flag<&Geneve::udp_checksum, false>("noudpcsum"),
    G::flag<&Geneve::udp6_zero_checksum_tx>("udp6zerocsumtx"),
    G::flag<&Geneve::udp6_zero_checksum_tx, false>("noudp6zerocsumtx"),
    G::flag<&Geneve::udp6_zero_checksum_rx>("udp6zerocsumrx"),
    G::flag<&Geneve::udp6_zero_checksum_rx, false>("noudp6zerocsumrx"),
    G::flag<&Geneve::inner_protocol_inherit>("innerprotoinherit").exact(),
};

Result<> finish_geneve(Geneve& geneve, WordReader&, LinkContext const& context) {
    bool const external = geneve.external.value_or(false), sets = context.purpose != LinkPurpose::add;
    if (external && geneve.id) return refused("geneve: both 'external' and vni cannot be specified");
    if (!external && !geneve.id) return refused("geneve: missing virtual network identifier");
    if (!external && !sets && !geneve.remote) return refused("geneve: remote link partner not specified");
    if (geneve.port == std::uint16_t{0}) geneve.port.reset();
    return {};
}

}  // namespace

constinit LinkKindWords const vxlan_words = option_kind<Vxlan, vxlan_manner, vxlan_options, &finish_vxlan>();
constinit LinkKindWords const geneve_words =
    option_kind<Geneve, geneve_manner, geneve_options, &finish_geneve>();

}  // namespace vethwork::plan
