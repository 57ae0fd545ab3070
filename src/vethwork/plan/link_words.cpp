#include <vethwork/plan/link_words.hpp>

#include <linux/if.h>
#include <linux/if_link.h>

#include <algorithm>
#include <array>

#include <vethwork/plan/link_kinds.hpp>
#include <vethwork/plan/link_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;

/// Keywords, how much of them must be said, and what they do. Looked through from the top: `a` is `address`,
/// whatever a device may be called.
struct Setting {
    std::string_view keyword;
    Match match;
    Result<> (*read)(WordReader& words, LinkReading& reading, Setting const& self);
    unsigned flag = 0;
    bool on = true;  ///< whether `on` sets the flag or clears it
};

constexpr std::size_t longest_alias = 255;  // IFALIASZ - 1

void set_flag(Link& link, unsigned flag, bool on) {
    link.flags_mask |= flag;
    link.flags = on ? link.flags | flag : link.flags & ~flag;
}

Result<> read_flag(WordReader& words, LinkReading& reading, Setting const& self) {
    auto const word = TRY(words.value());
    if (word != "on" && word != "off")
        return refused(fmt::format("Error: argument of \"{}\" must be \"on\" or \"off\", not \"{}\"\n",
                                   self.keyword, word));
    set_flag(reading.link, self.flag, (word == "on") == self.on);
    return {};
}

Result<> read_up_down(WordReader&, LinkReading& reading, Setting const& self) {
    set_flag(reading.link, IFF_UP, self.on);
    return {};
}

Result<> read_name(WordReader& words, LinkReading& reading, Setting const&) {
    auto const word = TRY(words.value());
    if (reading.name) return duplicate_argument("name", word);
    if (word.size() >= 16 || !is_alternative_name(word))
        return wrong_argument("\"name\" not a valid ifname", word);
    reading.name = word;
    return {};
}

Result<> read_index(WordReader& words, LinkReading& reading, Setting const&) {
    auto const word = TRY(words.value());
    if (reading.link.index) return duplicate_argument("index", word);
    auto const digits = std::string_view(word).substr(0, word.find_first_not_of("0123456789"));
    auto const number = parse_number<std::int32_t>(digits, 10);
    if (!number || *number <= 0) return wrong_argument("Invalid \"index\" value", word);
    reading.link.index = static_cast<std::uint32_t>(*number);
    return {};
}

Result<> read_lower(WordReader& words, LinkReading& reading, Setting const&) {
    reading.link.lower = topology::LinkRef{TRY(words.value())};
    return {};
}

template <auto Member>
Result<> read_octets(WordReader& words, LinkReading& reading, Setting const&) {
    reading.link.*Member = TRY(read_link_address(TRY(words.value())));
    return {};
}

/// iproute2 reads these as signed and the kernel as unsigned.
template <auto Member>
Result<> read_number_once(WordReader& words, LinkReading& reading, Setting const& self) {
    auto const keyword =
        self.keyword.starts_with("q") || self.keyword == "txqlen" ? "txqueuelen" : self.keyword;
    auto const word = TRY(words.value());
    if (reading.link.*Member) return duplicate_argument(keyword, word);
    auto const number = parse_number<std::int32_t>(word);
    if (!number) return wrong_argument(fmt::format("Invalid \"{}\" value\n", keyword), word);
    reading.link.*Member = static_cast<std::uint32_t>(*number);
    return {};
}

template <auto Member, std::uint32_t Most = ~0u>
Result<> read_size(WordReader& words, LinkReading& reading, Setting const& self) {
    auto const word = TRY(words.value());
    auto const number = parse_number<std::uint32_t>(word);
    if (!number || *number > Most)
        return wrong_argument(fmt::format("Invalid \"{}\" value\n", self.keyword), word);
    reading.link.*Member = *number;
    return {};
}

Result<> read_xdp(WordReader& words, LinkReading& reading, Setting const& self) {
    auto const word = TRY(words.value());
    if (word != "off")
        return refused(fmt::format("{}: only \"off\" is known, programs are not loaded here", self.keyword));
    reading.link.detach_xdp = true;
    return {};
}

Result<> read_netns(WordReader& words, LinkReading& reading, Setting const&) {
    auto const word = TRY(words.value());
    if (reading.link.netns) return duplicate_argument("netns", word);
    reading.link.netns = read_namespace(word);
    return {};
}

template <auto Member>
Result<> read_octet_switch(WordReader& words, LinkReading& reading, Setting const& self) {
    reading.link.*Member = static_cast<std::uint8_t>(TRY(read_switch(words, self.keyword)));
    return {};
}

Result<> read_vf(WordReader& words, LinkReading& reading, Setting const&) {
    TRY(words.number<std::int32_t>("Invalid \"vf\" value\n"));
    if (!reading.name && !reading.device) return missing_argument("dev");
    if (words.done()) return incomplete_line();
    return refused("vf: virtual functions of hardware are not supported");
}

Result<> read_master(WordReader& words, LinkReading& reading, Setting const& self) {
    reading.link.master = topology::LinkRef{TRY(words.value())};
    reading.link.master_is_vrf = self.keyword == "vrf";
    return {};
}

Result<> read_no_master(WordReader&, LinkReading& reading, Setting const&) {
    reading.link.master = topology::LinkRef{};
    reading.link.master_is_vrf = false;
    return {};
}

Result<> read_alias(WordReader& words, LinkReading& reading, Setting const&) {
    auto const word = TRY(words.value());
    if (word.size() > longest_alias) return wrong_argument("alias too long\n", word);
    reading.link.alias = word;
    return {};
}

Result<> read_group(WordReader& words, LinkReading& reading, Setting const&) {
    auto const word = TRY(words.value());
    if (reading.link.group) return duplicate_argument("group", word);
    auto* const names = reading.context.names;
    reading.link.group =
        names ? names->parse(topology::NameKind::group, word) : parse_number<std::uint32_t>(word);
    if (!reading.link.group) return wrong_argument("Invalid \"group\" value\n", word);
    return {};
}

bool same_letters(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

constexpr std::array<std::string_view, 2> link_modes{"default", "dormant"};
constexpr std::array<std::string_view, 7> states{"unknown", "notpresent", "down", "lowerlayerdown",
                                                 "testing", "dormant",    "up"};
constexpr std::array<std::string_view, 4> address_modes{"eui64", "none", "stable_secret", "random"};

template <auto Member, auto const& Choices>
Result<> read_choice(WordReader& words, LinkReading& reading, std::string_view complaint) {
    auto const word = TRY(words.value());
    auto const* const found =
        std::ranges::find_if(Choices, [&word](std::string_view one) { return same_letters(one, word); });
    if (found == Choices.end()) return wrong_argument(complaint, word);
    reading.link.*Member = static_cast<std::uint8_t>(found - Choices.begin());
    return {};
}

Result<> read_link_mode(WordReader& words, LinkReading& reading, Setting const&) {
    return read_choice<&Link::link_mode, link_modes>(words, reading, "Invalid link mode\n");
}
Result<> read_state(WordReader& words, LinkReading& reading, Setting const&) {
    return read_choice<&Link::operational_state, states>(words, reading, "Invalid operstate\n");
}
Result<> read_address_mode(WordReader& words, LinkReading& reading, Setting const&) {
    return read_choice<&Link::address_generation_mode, address_modes>(words, reading,
                                                                      "Invalid address generation mode\n");
}

Result<> read_lower_netns(WordReader& words, LinkReading& reading, Setting const& self) {
    auto const word = TRY(words.value());
    if (reading.link.lower_netns || reading.link.lower_nsid)
        return duplicate_argument("link-netns/link-netnsid", word);
    if (self.keyword == "link-netns") {
        reading.link.lower_netns = topology::NamespaceRef{.name = word};
        return {};
    }
    reading.link.lower_nsid = parse_number<std::int32_t>(word);
    if (!reading.link.lower_nsid) return wrong_argument("Invalid \"link-netnsid\" value\n", word);
    return {};
}

Result<> read_down_reason(WordReader& words, LinkReading& reading, Setting const& self) {
    auto const word = TRY(words.value());
    auto* const names = reading.context.names;
    auto const reason =
        names ? names->parse(topology::NameKind::protodown_reason, word) : parse_number<std::uint32_t>(word);
    if (!reason || *reason > 31) return wrong_argument("invalid protodown reason\n", word);
    auto const choice = TRY(words.value());
    if (choice.empty() ||
        (!std::string_view("on").starts_with(choice) && !std::string_view("off").starts_with(choice)))
        return refused(fmt::format("Error: argument of \"{}\" must be \"on\" or \"off\", not \"{}\"\n",
                                   self.keyword, choice));
    reading.link.protocol_down_reasons_mask = 1u << *reason;
    reading.link.protocol_down_reasons = std::string_view("on").starts_with(choice) ? 1u << *reason : 0u;
    return {};
}

Result<> read_parent(WordReader& words, LinkReading& reading, Setting const&) {
    reading.link.parent_device = TRY(words.value());
    return {};
}

constexpr auto exact = Match::exact;
constexpr auto prefix = Match::prefix;

constexpr std::array settings = {
    Setting{"up", exact, read_up_down, IFF_UP, true},
    Setting{"down", exact, read_up_down, IFF_UP, false},
    Setting{"name", exact, read_name},
    Setting{"index", exact, read_index},
    Setting{"link", prefix, read_lower},
    Setting{"address", prefix, read_octets<&Link::address>},
    Setting{"broadcast", prefix, read_octets<&Link::broadcast>},
    Setting{"brd", exact, read_octets<&Link::broadcast>},
    Setting{"txqueuelen", prefix, read_number_once<&Link::transmit_queue_length>},
    Setting{"qlen", exact, read_number_once<&Link::transmit_queue_length>},
    Setting{"txqlen", prefix, read_number_once<&Link::transmit_queue_length>},
    Setting{"mtu", exact, read_number_once<&Link::mtu>},
    Setting{"xdpgeneric", exact, read_xdp},
    Setting{"xdpdrv", exact, read_xdp},
    Setting{"xdpoffload", exact, read_xdp},
    Setting{"xdp", exact, read_xdp},
    Setting{"netns", exact, read_netns},
    Setting{"multicast", exact, read_flag, IFF_MULTICAST},
    Setting{"allmulticast", exact, read_flag, IFF_ALLMULTI},
    Setting{"promisc", exact, read_flag, IFF_PROMISC},
    Setting{"trailers", exact, read_flag, IFF_NOTRAILERS, false},
    Setting{"arp", exact, read_flag, IFF_NOARP, false},
    Setting{"carrier", exact, read_octet_switch<&Link::carrier>},
    Setting{"vf", exact, read_vf},
    Setting{"master", prefix, read_master},
    Setting{"vrf", exact, read_master},
    Setting{"nomaster", prefix, read_no_master},
    Setting{"dynamic", prefix, read_flag, IFF_DYNAMIC},
    Setting{"type", prefix, nullptr},
    Setting{"alias", prefix, read_alias},
    Setting{"group", exact, read_group},
    Setting{"mode", exact, read_link_mode},
    Setting{"state", exact, read_state},
    Setting{"numtxqueues", prefix, read_number_once<&Link::transmit_queues>},
    Setting{"numrxqueues", prefix, read_number_once<&Link::receive_queues>},
    Setting{"addrgenmode", prefix, read_address_mode},
    Setting{"link-netns", prefix, read_lower_netns},
    Setting{"link-netnsid", prefix, read_lower_netns},
    Setting{"protodown", exact, read_octet_switch<&Link::protocol_down>},
    Setting{"protodown_reason", exact, read_down_reason},
    Setting{"gso_max_size", exact, read_size<&Link::gso_max_size>},
    Setting{"gso_max_segs", exact, read_size<&Link::gso_max_segments, 65535>},
    Setting{"gro_max_size", exact, read_size<&Link::gro_max_size>},
    Setting{"parentdev", exact, read_parent},
};

Setting const* find_setting(WordReader const& words) {
    auto const* const found = std::ranges::find_if(settings, [&words](Setting const& one) {
        return one.match == Match::exact ? words.peek() == one.keyword : words.is_prefix(one.keyword);
    });
    return found == settings.end() ? nullptr : found;
}

/// A word that is no keyword is the device.
Result<> read_device(WordReader& words, LinkReading& reading) {
    if (words.is_prefix("help")) return usage_error(link_usage());
    words.take_exact("dev");
    auto const word = TRY(words.value());
    if (reading.device) return garbage_argument("dev", word);
    if (!is_alternative_name(word)) return wrong_argument("\"dev\" not a valid ifname", word);
    reading.device = word;
    return {};
}

bool acts_on_group(LinkReading const& reading) {
    return reading.link.group && !reading.name && !reading.device;
}

Result<> settle_new_name(LinkReading& reading, std::string const& device, std::string const& name) {
    auto& link = reading.link;
    if (device.empty()) return usage_error("Not enough information: \"dev\" argument is required.");
    link.name = device;
    if (name != device) link.new_name = name;
    if (link.index) link.new_index = std::exchange(link.index, 0);
    return {};
}

}  // namespace

topology::NamespaceRef read_namespace(std::string const& word) {
    if (auto const pid = parse_number<std::int32_t>(word); pid && *pid > 0)
        return {.name = word, .pid = *pid};
    return {.name = word};
}

Result<bool> read_switch(WordReader& words, std::string_view keyword) {
    auto const word = TRY(words.value());
    if (word == "on") return true;
    if (word == "off") return false;
    return refused(not_one_of(keyword, {"on", "off"}, word).attempt);
}

Result<> read_settings(WordReader& words, LinkReading& reading) {
    while (!words.done()) {
        auto const* const setting = find_setting(words);
        if (!setting) {
            TRY(read_device(words, reading));
            continue;
        }
        words.skip();
        if (!setting->read) {
            reading.has_kind = true;
            return {};
        }
        TRY(setting->read(words, reading, *setting));
    }
    return {};
}

Result<> settle_names(LinkReading& reading) {
    auto const name = reading.name ? *reading.name : reading.device.value_or("");
    auto const device = reading.device ? *reading.device : name;
    auto& link = reading.link;
    bool const creates = reading.context.purpose == LinkPurpose::add;
    if (link.index && !creates && !link.netns)
        return usage_error(
            "index can be used only when creating devices or when moving device to another netns.");
    if (acts_on_group(reading) && creates) return usage_error("group cannot be used when creating devices.");
    if (acts_on_group(reading)) return {};
    if (!creates) return settle_new_name(reading, device, name);
    if (name != device) return usage_error("both \"name\" and \"dev\" cannot be used when creating devices.");
    link.name = name;
    return {};
}

Result<LinkReading> read_link(WordReader& words, LinkContext const& context) {
    LinkReading reading{.context = context, .link = {}, .name = {}, .device = {}};
    TRY(read_settings(words, reading));
    if (reading.has_kind && words.done()) return incomplete_line();
    if (acts_on_group(reading) && reading.has_kind) {
        words.skip();
        if (!words.done())
            return usage_error(
                fmt::format("Garbage instead of arguments \"{} ...\". Try \"ip link help\".", words.peek()));
        TRY(settle_names(reading));
        return reading;
    }
    TRY(settle_names(reading));
    if (reading.has_kind)
        TRY(read_kind(words, reading));
    else if (context.purpose == LinkPurpose::add)
        return refused("Not enough information: \"type\" argument is required");
    return reading;
}

namespace {

struct FlagWords {
    unsigned flag;
    std::string_view when_set, when_clear;
};

constexpr std::array flag_words = {
    FlagWords{IFF_UP, "up", "down"},
    FlagWords{IFF_MULTICAST, "multicast on", "multicast off"},
    FlagWords{IFF_ALLMULTI, "allmulticast on", "allmulticast off"},
    FlagWords{IFF_PROMISC, "promisc on", "promisc off"},
    FlagWords{IFF_NOTRAILERS, "trailers off", "trailers on"},
    FlagWords{IFF_NOARP, "arp off", "arp on"},
    FlagWords{IFF_DYNAMIC, "dynamic on", "dynamic off"},
};

enum class Reading { as_unsigned, as_signed };

struct NumberWords {
    std::string_view keyword;
    std::optional<std::uint32_t> Link::*member;
    Reading reading = Reading::as_unsigned;
};

constexpr std::array number_words = {
    NumberWords{"mtu", &Link::mtu, Reading::as_signed},
    NumberWords{"txqueuelen", &Link::transmit_queue_length, Reading::as_signed},
    NumberWords{"numtxqueues", &Link::transmit_queues, Reading::as_signed},
    NumberWords{"numrxqueues", &Link::receive_queues, Reading::as_signed},
    NumberWords{"gso_max_size", &Link::gso_max_size},
    NumberWords{"gso_max_segs", &Link::gso_max_segments},
    NumberWords{"gro_max_size", &Link::gro_max_size},
    NumberWords{"group", &Link::group},
    NumberWords{"index", &Link::new_index},
};

void add(std::vector<std::string>& words, std::string_view keyword, std::string value) {
    words.emplace_back(keyword);
    words.push_back(std::move(value));
}

void add_flags(Link const& link, std::vector<std::string>& words) {
    for (auto const& one : flag_words)
        if (link.flags_mask & one.flag)
            for (auto const word : split_words(link.flags & one.flag ? one.when_set : one.when_clear))
                words.emplace_back(word);
}

void add_master(Link const& link, std::vector<std::string>& words) {
    if (!link.master) return;
    if (link.master->name.empty())
        words.emplace_back("nomaster");
    else
        add(words, link.master_is_vrf ? "vrf" : "master", link.master->name);
}

void add_states(Link const& link, std::vector<std::string>& words) {
    auto const on_off = [](std::uint8_t value) { return std::string(value ? "on" : "off"); };
    if (link.carrier) add(words, "carrier", on_off(*link.carrier));
    if (link.protocol_down) add(words, "protodown", on_off(*link.protocol_down));
    for (unsigned place = 0; link.protocol_down_reasons_mask >> place; ++place)
        if (link.protocol_down_reasons_mask >> place & 1) {
            add(words, "protodown_reason", std::to_string(place));
            words.push_back(on_off(link.protocol_down_reasons.value_or(0) >> place & 1));
        }
    if (link.link_mode) add(words, "mode", std::string(link_modes.at(*link.link_mode)));
    if (link.operational_state) add(words, "state", std::string(states.at(*link.operational_state)));
    if (link.address_generation_mode)
        add(words, "addrgenmode", std::string(address_modes.at(*link.address_generation_mode)));
    if (link.detach_xdp) add(words, "xdp", "off");
}

void add_places(Link const& link, std::vector<std::string>& words) {
    if (link.lower) add(words, "link", link.lower->name);
    if (link.lower_netns)
        add(words, "link-netns", link.lower_netns->name);
    else if (link.lower_nsid)
        add(words, "link-netnsid", std::to_string(*link.lower_nsid));
    if (link.netns)
        add(words, "netns",
            link.netns->name.empty() ? std::to_string(link.netns->pid.value_or(0)) : link.netns->name);
    if (link.parent_device) add(words, "parentdev", *link.parent_device);
}

}  // namespace

std::vector<std::string> link_words(Link const& link) {
    std::vector<std::string> words;
    // "name" takes none that the kernel would refuse, "dev" does; and beside a new name it is the old one.
    constexpr std::size_t longest_name = 15;
    bool const as_device = link.name.size() > longest_name || link.new_name;
    if (!link.name.empty()) add(words, as_device ? "dev" : "name", link.name);
    if (link.new_name) add(words, "name", *link.new_name);
    if (link.index) add(words, "index", std::to_string(link.index));
    if (link.address) add(words, "address", link.address->to_string());
    if (link.broadcast) add(words, "broadcast", link.broadcast->to_string());
    for (auto const& one : number_words)
        if (auto const value = link.*one.member)
            add(words, one.keyword,
                one.reading == Reading::as_signed ? std::to_string(static_cast<std::int32_t>(*value))
                                                  : std::to_string(*value));
    if (link.alias) add(words, "alias", *link.alias);
    add_places(link, words);
    add_master(link, words);
    add_states(link, words);
    add_flags(link, words);
    return words;
}

std::string link_usage() {
    auto text = std::string(
        "Usage: ip link add NAME [ SETTING ]... type KIND [ OPTION ]...\n"
        "       ip link set { DEVICE | group GROUP } [ SETTING ]... [ type KIND [ OPTION ]... ]\n"
        "       ip link delete { DEVICE | group GROUP }\n"
        "       ip link show [ DEVICE | group GROUP ] [ up ] [ master DEVICE ] [ nomaster ] [ vrf NAME ]\n"
        "                    [ type KIND ]\n"
        "       ip link property { add | del } dev DEVICE [ altname NAME ]...\n"
        "       ip link help [ KIND ]\n"
        "\nSETTING := one of");
    std::string line = "\n          ";
    for (auto const& one : settings) {
        if (one.read == nullptr) continue;
        text += line.size() + one.keyword.size() > 100 ? std::exchange(line, "\n          ") : "";
        line += fmt::format(" {}", one.keyword);
    }
    text += line + "\nKIND    := one of\n           dummy ifb netdevsim nlmon";
    for (auto const* const row : link_kind_words()) text += fmt::format(" {}", row->name);
    return text;
}

}  // namespace vethwork::plan
