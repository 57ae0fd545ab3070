#include <linux/ip6_tunnel.h>

#include <linux/in.h>

#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

using topology::Gre;
using topology::GreOptions;
using topology::Ip6Gre;
using topology::Ip6Tunnel;
using topology::IpTunnel;
using topology::TunnelEncapsulation;
using topology::Vti;
using topology::Xfrm;
using Words = std::vector<std::string>;

constexpr std::uint8_t default_hop_limit = 64;
constexpr std::uint32_t original_mark = 0x20,
                        allow_local_remote = 0x40;  // IP6_TNL_F_…, newer than some headers

/// A key is a number, or written as an IPv4 address.
Result<std::uint32_t> read_key(WordReader& words, std::string_view keyword) {
    auto const word = TRY(words.value());
    if (word.find('.') != std::string::npos) return TRY(read_host(word, Family::ipv4)).ipv4_number();
    auto const number = parse_number<std::uint32_t>(word);
    if (number) return *number;
    return usage_error(
        fmt::format("invalid value for \"{}\": \"{}\"; it should be an unsigned integer", keyword, word));
}

void add(Words& words, std::string_view keyword, std::string value) {
    words.emplace_back(keyword);
    words.push_back(std::move(value));
}

/// What every tunnel has, whatever Kind is.
template <class Kind>
struct Tunnel : KindOptions<Kind> {
    using Option = KindOption<Kind>;
    using Base = KindOptions<Kind>;

    /// 0 is `inherit`.
    template <auto Member>
    static constexpr Option ttl(std::string_view keyword, std::string_view complaint) {
        auto option = Base::template number<Member>(keyword, complaint, "{ 1..255 | inherit }");
        option.read = [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
            auto const word = TRY(words.value());
            auto const number = word == "inherit" ? std::uint8_t{0} : parse_number<std::uint8_t>(word);
            if (!number) return wrong_argument(self.complaint, word);
            kind.*Member = *number;
            return {};
        };
        return option;
    }

    static constexpr Option encapsulation() {
        return {"encap",
                "{ fou | gue | none }",
                "Invalid encap type.",
                [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                    constexpr std::array<std::string_view, 3> types{"none", "fou", "gue"};
                    auto const word = TRY(words.value());
                    auto const* const found = std::ranges::find(types, word);
                    if (found == types.end()) return wrong_argument(self.complaint, word);
                    kind.encapsulation.type = static_cast<std::uint16_t>(found - types.begin());
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.encapsulation.type)
                        add(words, self.keyword,
                            *kind.encapsulation.type == 1   ? "fou"
                            : *kind.encapsulation.type == 2 ? "gue"
                                                            : "none");
                },
                nullptr,
                Match::exact};
    }
    static constexpr Option no_encapsulation() {
        return {"noencap",
                {},
                {},
                [](WordReader&, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.encapsulation.type = std::uint16_t{0};
                    return {};
                },
                nullptr,
                nullptr,
                Match::exact};
    }
    template <auto Member>
    static constexpr Option encapsulation_port(std::string_view keyword, std::string_view complaint) {
        return {keyword,
                "PORT",
                complaint,
                [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                    auto const word = TRY(words.value());
                    auto const number = word == "auto" && self.keyword == "encap-sport"
                                            ? std::uint16_t{0}
                                            : parse_number<std::uint16_t>(word);
                    if (!number) return wrong_argument(self.complaint, word);
                    kind.encapsulation.*Member = *number;
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (auto const& port = kind.encapsulation.*Member)
                        add(words, self.keyword, std::to_string(*port));
                },
                nullptr,
                Match::exact};
    }
    template <auto Member, bool Value>
    static constexpr Option encapsulation_flag(std::string_view keyword) {
        return {keyword,
                {},
                {},
                [](WordReader&, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.encapsulation.*Member = Value;
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.encapsulation.*Member == Value) words.emplace_back(self.keyword);
                },
                nullptr,
                Match::exact};
    }
    /// The ten rows about UDP around the tunnel, `external` and the mark.
    static constexpr auto with_encapsulation(auto const&... options) {
        using E = TunnelEncapsulation;
        return std::array{
            options...,
            no_encapsulation(),
            encapsulation(),
            encapsulation_port<&E::source_port>("encap-sport", "Invalid source port."),
            encapsulation_port<&E::destination_port>("encap-dport", "Invalid destination port."),
            encapsulation_flag<&E::checksum, true>("encap-csum"),
            encapsulation_flag<&E::checksum, false>("noencap-csum"),
            encapsulation_flag<&E::checksum6, true>("encap-udp6-csum"),
            encapsulation_flag<&E::checksum6, false>("noencap-udp6-csum"),
            encapsulation_flag<&E::remote_checksum, true>("encap-remcsum"),
            encapsulation_flag<&E::remote_checksum, false>("noencap-remcsum"),
            Base::template flag<&Kind::external>("external").exact()};
    }

    enum class Way { both, input, output };

    /// Calls `set` with the options of each direction that a row is about.
    template <Way Which>
    static void each_way(Kind& kind, auto const& set) {
        if constexpr (Which != Way::output) set(kind.input);
        if constexpr (Which != Way::input) set(kind.output);
    }

    template <Way Which>
    static constexpr Option key(std::string_view keyword) {
        return {keyword, "KEY", {},
                [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                    auto const number = TRY(read_key(words, self.keyword));
                    each_way<Which>(kind, [number](GreOptions& options) {
                        options.key = number;
                        options.with_key = true;
                    });
                    return {};
                },
                Which == Way::both ? nullptr : +[](Kind const& kind, Option const& self, Words& words) {
                    auto const& options = Which == Way::input ? kind.input : kind.output;
                    if (options.with_key == true && options.key) add(words, self.keyword, std::to_string(*options.key));
                }};
    }
    template <Way Which>
    static constexpr Option no_key(std::string_view keyword) {
        return {keyword, {}, {},
                [](WordReader&, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    each_way<Which>(kind, [](GreOptions& options) {
                        options.key = 0u;
                        options.with_key = false;
                    });
                    return {};
                },
                Which == Way::both ? nullptr : +[](Kind const& kind, Option const& self, Words& words) {
                    auto const& options = Which == Way::input ? kind.input : kind.output;
                    if (options.with_key == false) words.emplace_back(self.keyword);
                }};
    }
    template <Way Which, auto Member, bool Value>
    static constexpr Option gre_flag(std::string_view keyword) {
        return {keyword, {}, {},
                [](WordReader&, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    each_way<Which>(kind, [](GreOptions& options) { options.*Member = Value; });
                    return {};
                },
                Which == Way::both ? nullptr : +[](Kind const& kind, Option const& self, Words& words) {
                    auto const& options = Which == Way::input ? kind.input : kind.output;
                    if (options.*Member == Value) words.emplace_back(self.keyword);
                }};
    }
    /// Keys, sequence numbers and checksums of GRE, then the rows given.
    static constexpr auto gre_options(auto const&... options) {
        using O = GreOptions;
        constexpr auto seq = &O::with_sequence;
        constexpr auto sum = &O::with_checksum;
        return with_encapsulation(
            key<Way::both>("key"), no_key<Way::both>("nokey"), key<Way::input>("ikey"),
            no_key<Way::input>("noikey"), key<Way::output>("okey"), no_key<Way::output>("nookey"),
            gre_flag<Way::both, seq, true>("seq"), gre_flag<Way::both, seq, false>("noseq"),
            gre_flag<Way::input, seq, true>("iseq"), gre_flag<Way::input, seq, false>("noiseq"),
            gre_flag<Way::output, seq, true>("oseq"), gre_flag<Way::output, seq, false>("nooseq"),
            gre_flag<Way::both, sum, true>("csum"), gre_flag<Way::both, sum, false>("nocsum"),
            gre_flag<Way::input, sum, true>("icsum"), gre_flag<Way::input, sum, false>("noicsum"),
            gre_flag<Way::output, sum, true>("ocsum"), gre_flag<Way::output, sum, false>("noocsum"),
            options...);
    }

    /// A bit of IP6_TNL_F_….
    template <std::uint32_t Bit, bool On>
    static constexpr Option ip6_flag(std::string_view keyword, std::string_view value = {}) {
        return {keyword,
                value,
                "not inherit",
                [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                    if (!self.value.empty()) {
                        auto const word = TRY(words.value());
                        if (word != self.value) return wrong_argument(self.complaint, word);
                    }
                    set_ip6_flag(kind, Bit, On);
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (!(kind.flags_mask & Bit) || ((kind.flags & Bit) != 0) != On) return;
                    words.emplace_back(self.keyword);
                    if (!self.value.empty()) words.emplace_back(self.value);
                },
                nullptr,
                Match::exact};
    }
    static void set_ip6_flag(Kind& kind, std::uint32_t bit, bool on) {
        kind.flags_mask |= bit;
        kind.flags = on ? kind.flags | bit : kind.flags & ~bit;
    }
    /// A number, or a word that sets a bit of IP6_TNL_F_… instead.
    template <auto Member, std::uint32_t Bit, std::uint32_t Most, int Base>
    static constexpr Option number_or_flag(std::string_view keyword, std::string_view word,
                                           std::string_view complaint) {
        return {
            keyword,
            word,
            complaint,
            [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                using T = std::remove_cvref_t<decltype(*(kind.*Member))>;
                auto const text = TRY(words.value());
                set_ip6_flag(kind, Bit, text == self.value);
                if (text == self.value) return {};
                auto const digits =
                    Base == 16 && (text.starts_with("0x") || text.starts_with("0X")) ? text.substr(2) : text;
                auto const number = parse_number<std::uint32_t>(digits, Base);
                if (!number || *number > Most) return wrong_argument(self.complaint, text);
                kind.*Member = static_cast<T>(*number);
                return {};
            },
            [](Kind const& kind, Option const& self, Words& words) {
                if ((kind.flags & kind.flags_mask & Bit) != 0)
                    add(words, self.keyword, std::string(self.value));
                else if (kind.*Member)
                    add(words, self.keyword,
                        Base == 16 ? fmt::format("{:x}", *(kind.*Member)) : std::to_string(*(kind.*Member)));
            },
            nullptr,
            Match::exact};
    }
};

using G = Tunnel<Gre>;

constexpr auto gre_options = G::gre_options(
    G::flag<&Gre::path_mtu_discovery, false>("nopmtudisc"), G::flag<&Gre::path_mtu_discovery>("pmtudisc"),
    G::host<&Gre::remote, Family::ipv4>("remote"), G::host<&Gre::local, Family::ipv4>("local"),
    G::link<&Gre::underlay>("dev"), G::ttl<&Gre::ttl>("ttl", "invalid TTL\n"),
    G::ttl<&Gre::ttl>("ttl", "invalid TTL\n").synonym("hoplimit"),
    G::ttl<&Gre::ttl>("ttl", "invalid TTL\n").synonym("hlim"), G::ds_field<&Gre::tos>("tos"),
    G::ds_field<&Gre::tos>("tos").synonym("tclass"), G::ds_field<&Gre::tos>("tos").synonym("dsfield"),
    G::flag<&Gre::ignore_dont_fragment>("ignore-df").exact(),
    G::flag<&Gre::ignore_dont_fragment, false>("noignore-df").exact(),
    G::number<&Gre::firewall_mark>("fwmark", "invalid fwmark\n", "MARK").exact());

constexpr KindManner gre_manner{.name = "gre", .unknown = ""}, gretap_manner{.name = "gretap", .unknown = ""};

/// Nothing and the unspecified address are the same to a tunnel.
void forget_any(std::optional<IpAddress>& address) {
    if (address && address->is_any()) address.reset();
}

/// With data from each packet nothing else counts.
template <class Kind>
bool is_external(Kind& kind) {
    if (!kind.external.value_or(false)) return false;
    kind = Kind{};
    kind.external = true;
    return true;
}

/// A multicast group is also the key, unless there is one.
void key_from_group(GreOptions& options, IpAddress const& group) {
    if (options.key.value_or(0)) return;
    options.key = group.ipv4_number();
    options.with_key = true;
}

Result<> finish_gre(Gre& gre, WordReader&, LinkContext const&) {
    if (gre.remote && gre.remote->is_multicast()) {
        key_from_group(gre.input, *gre.remote);
        key_from_group(gre.output, *gre.remote);
        if (!gre.local || gre.local->is_any())
            return refused("A broadcast tunnel requires a source address.");
    }
    if (is_external(gre)) return {};
    forget_any(gre.remote);
    forget_any(gre.local);
    return {};
}

/// What is sent at creation although nobody said it: the kernel's own defaults are zero.
template <class Kind>
void set_ip6_defaults(Kind& tunnel, LinkContext const& context) {
    forget_any(tunnel.remote);
    forget_any(tunnel.local);
    if (context.purpose != LinkPurpose::add) return;
    if (!tunnel.hop_limit) tunnel.hop_limit = default_hop_limit;
    if (!tunnel.encapsulation_limit) {
        tunnel.encapsulation_limit = std::uint8_t{IPV6_DEFAULT_TNL_ENCAP_LIMIT};
        tunnel.flags_mask |= IP6_TNL_F_IGN_ENCAP_LIMIT;
    }
    if (tunnel.encapsulation.type.value_or(0) && !tunnel.encapsulation.checksum6)
        tunnel.encapsulation.checksum6 = true;
}

using G6 = Tunnel<Ip6Gre>;

constexpr auto ip6gre_options =
    G6::gre_options(G6::host<&Ip6Gre::remote, Family::ipv6>("remote"),
                    G6::host<&Ip6Gre::local, Family::ipv6>("local"), G6::link<&Ip6Gre::underlay>("dev"),
                    G6::ttl<&Ip6Gre::hop_limit>("hoplimit", "invalid HLIM\n").synonym("ttl"),
                    G6::ttl<&Ip6Gre::hop_limit>("hoplimit", "invalid HLIM\n"),
                    G6::ttl<&Ip6Gre::hop_limit>("hoplimit", "invalid HLIM\n").synonym("hlim"),
                    G6::number_or_flag<&Ip6Gre::traffic_class, IP6_TNL_F_USE_ORIG_TCLASS, 255, 16>(
                        "tclass", "inherit", "invalid TClass"),
                    G6::number_or_flag<&Ip6Gre::traffic_class, IP6_TNL_F_USE_ORIG_TCLASS, 255, 16>(
                        "tclass", "inherit", "invalid TClass")
                        .synonym("tos"),
                    G6::number_or_flag<&Ip6Gre::traffic_class, IP6_TNL_F_USE_ORIG_TCLASS, 255, 16>(
                        "tclass", "inherit", "invalid TClass")
                        .synonym("dsfield"),
                    G6::number_or_flag<&Ip6Gre::flow_label, IP6_TNL_F_USE_ORIG_FLOWLABEL, 0xfffff, 16>(
                        "flowlabel", "inherit", "invalid Flowlabel"),
                    G6::number_or_flag<&Ip6Gre::flow_label, IP6_TNL_F_USE_ORIG_FLOWLABEL, 0xfffff, 16>(
                        "flowlabel", "inherit", "invalid Flowlabel")
                        .synonym("fl"),
                    G6::ip6_flag<IP6_TNL_F_RCV_DSCP_COPY, true>("dscp", "inherit"),
                    G6::number_or_flag<&Ip6Gre::firewall_mark, original_mark, ~0u, 0>("fwmark", "inherit",
                                                                                      "invalid fwmark\n"),
                    G6::ip6_flag<allow_local_remote, true>("allow-localremote"),
                    G6::ip6_flag<allow_local_remote, false>("noallow-localremote"),
                    G6::number_or_flag<&Ip6Gre::encapsulation_limit, IP6_TNL_F_IGN_ENCAP_LIMIT, 255, 0>(
                        "encaplimit", "none", "invalid ELIM"));

constexpr KindManner ip6gre_manner{.name = "ip6gre", .unknown = ""},
    ip6gretap_manner{.name = "ip6gretap", .unknown = ""};

Result<> finish_ip6gre(Ip6Gre& gre, WordReader&, LinkContext const& context) {
    if (!is_external(gre)) set_ip6_defaults(gre, context);
    return {};
}

struct Mode {
    std::string_view word;
    std::uint8_t protocol;
};

template <class Kind, auto const& Modes>
constexpr KindOption<Kind> mode(std::string_view value) {
    return {"mode",
            value,
            "Cannot guess tunnel mode.",
            [](WordReader& words, Kind& kind, KindOption<Kind> const& self, LinkContext const&) -> Result<> {
                auto const word = TRY(words.value());
                auto const* const found = std::ranges::find(Modes, word, &Mode::word);
                if (found == Modes.end()) return wrong_argument(self.complaint, word);
                kind.protocol = found->protocol;
                return {};
            },
            [](Kind const& kind, KindOption<Kind> const& self, Words& words) {
                if (!kind.protocol) return;
                auto const* const found = std::ranges::find(Modes, *kind.protocol, &Mode::protocol);
                if (found != Modes.end()) add(words, self.keyword, std::string(found->word));
            },
            nullptr,
            Match::exact};
}

constexpr std::array ip6_modes{Mode{"ip6ip6", IPPROTO_IPV6},
                               Mode{"ipv6/ipv6", IPPROTO_IPV6},
                               Mode{"ipip6", IPPROTO_IPIP},
                               Mode{"ip/ipv6", IPPROTO_IPIP},
                               Mode{"ipv4/ipv6", IPPROTO_IPIP},
                               Mode{"ip4ip6", IPPROTO_IPIP},
                               Mode{"any", 0},
                               Mode{"any/ipv6", 0}};
constexpr std::array ip_modes{
    Mode{"ipip", IPPROTO_IPIP},   Mode{"ipv4/ipv4", IPPROTO_IPIP}, Mode{"ip4ip4", IPPROTO_IPIP},
    Mode{"mplsip", IPPROTO_MPLS}, Mode{"mpls/ipv4", IPPROTO_MPLS}, Mode{"any", 0},
    Mode{"any/ipv4", 0}};
constexpr std::array sit_modes{Mode{"ip6ip", IPPROTO_IPV6},
                               Mode{"ipv6/ipv4", IPPROTO_IPV6},
                               Mode{"ipip", IPPROTO_IPIP},
                               Mode{"ipv4/ipv4", IPPROTO_IPIP},
                               Mode{"ip4ip4", IPPROTO_IPIP},
                               Mode{"mplsip", IPPROTO_MPLS},
                               Mode{"mpls/ipv4", IPPROTO_MPLS},
                               Mode{"any", 0},
                               Mode{"any/ipv4", 0}};

using T6 = Tunnel<Ip6Tunnel>;

constexpr auto tclass6 = T6::number_or_flag<&Ip6Tunnel::traffic_class, IP6_TNL_F_USE_ORIG_TCLASS, 255, 16>(
    "tclass", "inherit", "invalid TClass");
constexpr auto flowlabel6 =
    T6::number_or_flag<&Ip6Tunnel::flow_label, IP6_TNL_F_USE_ORIG_FLOWLABEL, 0xfffff, 16>(
        "flowlabel", "inherit", "invalid Flowlabel");

constexpr auto ip6tnl_options = T6::with_encapsulation(
    mode<Ip6Tunnel, ip6_modes>("{ ip6ip6 | ipip6 | any }"),
    T6::host<&Ip6Tunnel::remote, Family::ipv6>("remote").exact(),
    T6::host<&Ip6Tunnel::local, Family::ipv6>("local").exact(), T6::link<&Ip6Tunnel::underlay>("dev"),
    T6::ttl<&Ip6Tunnel::hop_limit>("hoplimit", "invalid HLIM\n").exact(),
    T6::ttl<&Ip6Tunnel::hop_limit>("hoplimit", "invalid HLIM\n").exact().synonym("ttl"),
    T6::ttl<&Ip6Tunnel::hop_limit>("hoplimit", "invalid HLIM\n").exact().synonym("hlim"),
    T6::number_or_flag<&Ip6Tunnel::encapsulation_limit, IP6_TNL_F_IGN_ENCAP_LIMIT, 255, 0>(
        "encaplimit", "none", "invalid ELIM"),
    tclass6, tclass6.synonym("tos"), tclass6.synonym("tc"), tclass6.synonym("dsfield"), flowlabel6,
    flowlabel6.synonym("fl"), T6::ip6_flag<IP6_TNL_F_RCV_DSCP_COPY, true>("dscp", "inherit"),
    T6::number_or_flag<&Ip6Tunnel::firewall_mark, original_mark, ~0u, 0>("fwmark", "inherit",
                                                                         "invalid fwmark\n"),
    T6::ip6_flag<allow_local_remote, true>("allow-localremote"),
    T6::ip6_flag<allow_local_remote, false>("noallow-localremote"));

constexpr KindManner ip6tnl_manner{.name = "ip6tnl", .unknown = ""};

Result<> finish_ip6tnl(Ip6Tunnel& tunnel, WordReader&, LinkContext const& context) {
    auto const protocol = tunnel.protocol;
    bool const external = is_external(tunnel);
    tunnel.protocol = protocol;
    if (!tunnel.protocol && context.purpose == LinkPurpose::add) tunnel.protocol = std::uint8_t{0};
    if (!external) set_ip6_defaults(tunnel, context);
    return {};
}

using T = Tunnel<IpTunnel>;

template <auto Member, Family Which>
constexpr KindOption<IpTunnel> rapid(std::string_view keyword, std::string_view complaint) {
    return {
        keyword,
        "PREFIX",
        complaint,
        [](WordReader& words, IpTunnel& tunnel, KindOption<IpTunnel> const&, LinkContext const&) -> Result<> {
            tunnel.*Member = TRY(read_prefix(TRY(words.value()), Which));
            return {};
        },
        [](IpTunnel const& tunnel, KindOption<IpTunnel> const& self, Words& words) {
            if (tunnel.*Member) add(words, self.keyword, (tunnel.*Member)->to_string());
        },
        nullptr,
        Match::exact};
}

constexpr KindOption<IpTunnel> rapid_reset{
    "6rd-reset",
    {},
    {},
    [](WordReader&, IpTunnel& tunnel, KindOption<IpTunnel> const&, LinkContext const&) -> Result<> {
        tunnel.rapid_prefix = IpPrefix::parse("2002::/16");  // 6to4, RFC 3056
        tunnel.rapid_relay_prefix = IpPrefix{IpAddress::any(Family::ipv4), 0};
        return {};
    },
    nullptr,
    nullptr,
    Match::exact};

constexpr auto ttl4 = T::ttl<&IpTunnel::ttl>("ttl", "invalid TTL\n").exact();
constexpr auto tos4 = T::ds_field<&IpTunnel::tos>("tos");

template <auto const& Modes>
constexpr auto ip_tunnel_options(std::string_view modes, auto const&... more) {
    return T::with_encapsulation(
        mode<IpTunnel, Modes>(modes), T::host<&IpTunnel::remote, Family::ipv4>("remote").exact(),
        T::host<&IpTunnel::local, Family::ipv4>("local").exact(), T::link<&IpTunnel::underlay>("dev"), ttl4,
        ttl4.synonym("hoplimit"), ttl4.synonym("hlim"), tos4.exact(), tos4.synonym("tclass").exact(),
        tos4.synonym("tc").exact(), tos4.synonym("dsfield"),
        T::flag<&IpTunnel::path_mtu_discovery, false>("nopmtudisc").exact(),
        T::flag<&IpTunnel::path_mtu_discovery>("pmtudisc").exact(),
        rapid<&IpTunnel::rapid_prefix, Family::ipv6>("6rd-prefix", "invalid 6rd_prefix\n"),
        rapid<&IpTunnel::rapid_relay_prefix, Family::ipv4>("6rd-relay_prefix", "invalid 6rd-relay_prefix\n"),
        rapid_reset, T::number<&IpTunnel::firewall_mark>("fwmark", "invalid fwmark\n", "MARK").exact(),
        more...);
}

constexpr auto ipip_options = ip_tunnel_options<ip_modes>("{ ipip | mplsip | any }");
constexpr auto sit_options = ip_tunnel_options<sit_modes>("{ ip6ip | ipip | mplsip | any }",
                                                          T::flag<&IpTunnel::isatap>("isatap").exact());
constexpr KindManner ipip_manner{.name = "ipip", .unknown = ""}, sit_manner{.name = "sit", .unknown = ""};

Result<> finish_ip_tunnel(IpTunnel& tunnel, WordReader&, LinkContext const& context) {
    if (tunnel.ttl.value_or(0) && tunnel.path_mtu_discovery == false)
        return usage_error("ttl != 0 and nopmtudisc are incompatible");
    auto const protocol = tunnel.protocol;
    bool const external = is_external(tunnel);
    tunnel.protocol = protocol;
    if (!tunnel.protocol && context.purpose == LinkPurpose::add) tunnel.protocol = std::uint8_t{0};
    if (external) return {};
    forget_any(tunnel.remote);
    forget_any(tunnel.local);
    return {};
}

/// The same for both families, but for the addresses.
using V = KindOptions<Vti>;

template <auto Input, auto Output>
constexpr KindOption<Vti> vti_key(std::string_view keyword) {
    return {keyword, "KEY", {},
            [](WordReader& words, Vti& vti, KindOption<Vti> const& self, LinkContext const&) -> Result<> {
                auto const key = TRY(read_key(words, self.keyword));
                vti.*Input = key;
                vti.*Output = key;
                return {};
            },
            Input != Output ? nullptr : +[](Vti const& vti, KindOption<Vti> const& self, Words& words) {
                if (vti.*Input) add(words, self.keyword, std::to_string(*(vti.*Input)));
            }};
}

template <Family Which>
constexpr std::array vti_options_of{
    vti_key<&Vti::input_key, &Vti::output_key>("key"),
    vti_key<&Vti::input_key, &Vti::input_key>("ikey"),
    vti_key<&Vti::output_key, &Vti::output_key>("okey"),
    V::host<&Vti::remote, Which>("remote"),
    V::host<&Vti::local, Which>("local"),
    V::link<&Vti::underlay>("dev"),
    V::number<&Vti::firewall_mark>("fwmark", "invalid fwmark\n", "MARK").exact(),
};
constexpr auto vti_options = vti_options_of<Family::ipv4>;
constexpr auto vti6_options = vti_options_of<Family::ipv6>;
constexpr KindManner vti_manner{.name = "vti", .unknown = ""}, vti6_manner{.name = "vti6", .unknown = ""};

Result<> finish_vti(Vti& vti, WordReader&, LinkContext const&) {
    forget_any(vti.remote);
    forget_any(vti.local);
    return {};
}

using X = KindOptions<Xfrm>;

constexpr std::array xfrm_options{X::link<&Xfrm::underlay>("dev"),
                                  X::number<&Xfrm::id>("if_id", "if_id value is invalid", "ID"),
                                  X::flag<&Xfrm::external>("external").exact()};
constexpr KindManner xfrm_manner{.name = "xfrm", .unknown = ""};

Result<> finish_xfrm(Xfrm& xfrm, WordReader&, LinkContext const&) {
    if (xfrm.id == 0u) return wrong_argument("if_id value is invalid", "0");
    if (xfrm.external.value_or(false)) {
        if (xfrm.id || xfrm.underlay)
            return refused("xfrmi: both 'external' and if_id/link cannot be specified");
        return {};
    }
    if (!xfrm.id) return missing_argument("IF_ID");
    return {};
}

}  // namespace

constinit LinkKindWords const gre_words = option_kind<Gre, gre_manner, gre_options, &finish_gre>();
constinit LinkKindWords const gretap_words =
    option_kind<topology::Gretap, gretap_manner, gre_options, &finish_gre>();
constinit LinkKindWords const ip6gre_words =
    option_kind<Ip6Gre, ip6gre_manner, ip6gre_options, &finish_ip6gre>();
constinit LinkKindWords const ip6gretap_words =
    option_kind<topology::Ip6Gretap, ip6gretap_manner, ip6gre_options, &finish_ip6gre>();
constinit LinkKindWords const ipip_words =
    option_kind<IpTunnel, ipip_manner, ipip_options, &finish_ip_tunnel>();
constinit LinkKindWords const sit_words =
    option_kind<topology::Sit, sit_manner, sit_options, &finish_ip_tunnel>();
constinit LinkKindWords const ip6tnl_words =
    option_kind<Ip6Tunnel, ip6tnl_manner, ip6tnl_options, &finish_ip6tnl>();
constinit LinkKindWords const vti_words = option_kind<Vti, vti_manner, vti_options, &finish_vti>();
constinit LinkKindWords const vti6_words =
    option_kind<topology::Vti6, vti6_manner, vti6_options, &finish_vti>();
constinit LinkKindWords const xfrm_words = option_kind<Xfrm, xfrm_manner, xfrm_options, &finish_xfrm>();

}  // namespace vethwork::plan
