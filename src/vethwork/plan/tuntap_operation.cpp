#include <vethwork/plan/tuntap_operation.hpp>

#include <linux/if_tun.h>

#include <array>

namespace vethwork::plan {

namespace {

constexpr unsigned type_bits = IFF_TUN | IFF_TAP;

/// Words that set a flag.
struct FlagWord {
    std::string_view keyword;
    unsigned flag;
};
constexpr std::array flag_words{FlagWord{"one_queue", IFF_ONE_QUEUE}, FlagWord{"vnet_hdr", IFF_VNET_HDR},
                                FlagWord{"multi_queue", IFF_MULTI_QUEUE}};

void set(TunTap& device, unsigned flag) { device.flags = static_cast<std::uint16_t>(device.flags | flag); }

Result<> read_mode(WordReader& words, TunTap& device) {
    auto const word = TRY(words.value());
    bool const tun = !word.empty() && std::string_view("tun").starts_with(word);
    bool const tap = !word.empty() && std::string_view("tap").starts_with(word);
    if (!tun && !tap) return usage_error(fmt::format("Unknown tunnel mode \"{}\"", word));
    unsigned const wanted = tun ? IFF_TUN : IFF_TAP;
    if (device.flags & type_bits & ~wanted)
        return usage_error("You managed to ask for more than one tunnel mode.");
    set(device, wanted);
    return {};
}

Result<std::uint32_t> read_person(
    WordReader& words, std::string_view what,
    std::function<std::optional<std::uint32_t>(std::string const&)> const& find) {
    auto const word = TRY(words.value());
    if (auto const number = parse_number<std::int64_t>(word, 10)) return static_cast<std::uint32_t>(*number);
    auto const number = find ? find(word) : std::nullopt;
    if (!number) return usage_error(fmt::format("invalid {} \"{}\"", what, word));
    return *number;
}

Result<> read_name(WordReader& words, TunTap& device, std::string_view keyword) {
    auto const word = TRY(words.value());
    if (keyword == "name" && !device.name.empty()) return garbage_argument("name", word);
    if (word.size() >= 16 || !is_alternative_name(word))
        return wrong_argument(fmt::format("\"{}\" not a valid ifname", keyword), word);
    device.name = word;
    return {};
}

bool read_flag(WordReader& words, TunTap& device) {
    for (auto const& one : flag_words)
        if (words.take_prefix(one.keyword)) return set(device, one.flag), true;
    return false;
}

/// People are only understood where there are any.
Result<TunTap> read_device(WordReader& words, People const* people) {
    TunTap device{.flags = IFF_NO_PI};
    while (!words.done()) {
        if (words.take_prefix("mode")) {
            TRY(read_mode(words, device));
        } else if (people && words.take_prefix("user")) {
            device.owner = TRY(read_person(words, "user", people->user));
        } else if (people && words.take_prefix("group")) {
            device.group = TRY(read_person(words, "group", people->group));
        } else if (words.take_prefix("pi")) {
            device.flags = static_cast<std::uint16_t>(device.flags & ~IFF_NO_PI);
        } else if (read_flag(words, device)) {
        } else if (words.take_prefix("dev")) {
            TRY(read_name(words, device, "dev"));
        } else {
            if (!words.take_prefix("name") && words.is_prefix("help")) return usage_error(tuntap_usage());
            TRY(read_name(words, device, "name"));
        }
    }
    if (!(device.flags & type_bits)) return refused("You failed to specify a tunnel mode");
    return device;
}

}  // namespace

std::vector<std::string> TunTap::words() const {
    std::vector<std::string> words;
    if (!name.empty()) words.insert(words.end(), {"dev", name});
    words.insert(words.end(), {"mode", flags & IFF_TUN ? "tun" : "tap"});
    if (owner) words.insert(words.end(), {"user", std::to_string(*owner)});
    if (group) words.insert(words.end(), {"group", std::to_string(*group)});
    if (!(flags & IFF_NO_PI)) words.emplace_back("pi");
    for (auto const& one : flag_words)
        if (flags & one.flag) words.emplace_back(one.keyword);
    return words;
}

namespace {

std::vector<std::string> behind(std::string_view verb, TunTap const& device) {
    std::vector<std::string> words{"tuntap", std::string(verb)};
    auto const more = device.words();
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

std::string AddTunTap::describe() const { return fmt::format("add tuntap \"{}\"", device.name); }
std::string DeleteTunTap::describe() const { return fmt::format("delete tuntap \"{}\"", device.name); }
std::vector<std::string> AddTunTap::words() const { return behind("add", device); }
std::vector<std::string> DeleteTunTap::words() const { return behind("delete", device); }

Result<AddTunTap> parse_tuntap_add(WordReader& words, People const& people) {
    return AddTunTap{TRY(read_device(words, &people))};
}

Result<DeleteTunTap> parse_tuntap_delete(WordReader& words) {
    return DeleteTunTap{TRY(read_device(words, nullptr))};
}

std::string tuntap_usage() {
    return "Usage: ip tuntap add [ dev NAME ] mode { tun | tap } [ user USER ] [ group GROUP ]\n"
           "                     [ one_queue ] [ pi ] [ vnet_hdr ] [ multi_queue ]\n"
           "       ip tuntap delete [ dev NAME ] mode { tun | tap } [ multi_queue ]\n"
           "       ip tuntap [ show ]";
}

}  // namespace vethwork::plan
