// The script of a dry run, carried out by the real tools, makes the same network as `up` does: for every
// example.
#include <linux/if.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netns/execute.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/observe/state.hpp>
#include <vethwork/plan/lab_plan.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// What differs from one making of the same thing to another: numbers, random addresses, clocks.
bool is_accidental(std::string const& key) {
    constexpr std::string_view keys[] = {"ifindex",
                                         "link_index",
                                         "link_netnsid",
                                         "hello_timer",
                                         "tcn_timer",
                                         "gc_timer",
                                         "root_id",
                                         "bridge_id",
                                         "topology_change_timer",
                                         "permaddr",
                                         "operstate",
                                         "designated_bridge",
                                         "handle",
                                         "designated_root",
                                         "hold_timer",
                                         "message_age_timer",
                                         "forward_delay_timer"};
    return std::ranges::find(keys, key) != std::end(keys);
}

/// Link-local and link-layer addresses come from random ones.
std::string plain(std::string const& text) {
    if (text.starts_with("fe80::")) return "fe80::";
    bool const is_mac = text.size() == 17 && std::ranges::count(text, ':') == 5;
    return is_mac && text != "ff:ff:ff:ff:ff:ff" ? "a link-layer address" : text;
}

/// Nothing left of it; or a route to a link-local address: a bridge has the address of one of its ports, by
/// chance of this one or that, and the kernel merges their routes. Or a route of a routing daemon: `up`
/// starts services, a script does not.
bool is_of_chance(Json const& one) {
    if (!one.is_object()) return false;
    auto const destination = one.find("dst"), maker = one.find("protocol");
    for (auto const* const daemon : {"bird", "ospf", "bgp"})  // the last two are FRR's
        if (maker != one.end() && *maker == daemon) return true;
    return one.empty() || (destination != one.end() && *destination == "fe80::");
}

Json normal(Json const& value) {
    if (value.is_string()) return plain(value.get<std::string>());
    if (!value.is_structured()) return value;
    Json result = value.is_array() ? Json::array() : Json::object();
    if (value.is_object())
        for (auto const& [key, member] : value.items())
            if (!is_accidental(key)) result[key] = normal(member);
    if (!value.is_array()) return result;
    for (auto const& item : value)
        if (auto one = normal(item); !is_of_chance(one)) result.push_back(std::move(one));
    std::sort(result.begin(), result.end(), [](Json const& a, Json const& b) { return a.dump() < b.dump(); });
    return result;
}

std::vector<std::string> pins() {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator("/run/netns")) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

/// What `ip` says of each namespace, by the namespace's name without the lab's.
Json told_by_ip(std::string const& prefix) {
    Json all = Json::object();
    for (auto const& pin : pins()) {
        // Link-local addresses of a lan's own bridge settle late, and by chance: observed() looks at those.
        if (pin.substr(prefix.size()).starts_with("switch:")) continue;
        for (std::string const what : {"link show", "addr show", "route show table all",
                                       "-6 route show table all", "rule show", "-6 rule show"}) {
            auto const outcome = shell("ip -n '" + pin + "' -d -j " + what);
            EXPECT_EQ(outcome.status, 0) << pin << " " << what << ": " << outcome.err;
            all[pin.substr(prefix.size())][what] = normal(Json::parse(outcome.out, nullptr, false));
        }
        auto const disciplines = shell("PATH=$PATH:/usr/sbin:/sbin tc -n '" + pin + "' -j qdisc show");
        all[pin.substr(prefix.size())]["qdisc"] = normal(Json::parse(disciplines.out, nullptr, false));
    }
    return all;
}

/// What `nft` says of each namespace, and what its files of settings hold.
Json told_by_others(std::string const& prefix) {
    Json all = Json::object();
    for (auto const& pin : pins()) {
        auto const inside = "PATH=$PATH:/usr/sbin:/sbin; ip netns exec '" + pin + "' ";
        auto& told = all[pin.substr(prefix.size())];
        auto const ruleset = shell(inside + "nft -s -j list ruleset");
        EXPECT_EQ(ruleset.status, 0) << pin << ": " << ruleset.err;
        told["ruleset"] = normal(Json::parse(ruleset.out, nullptr, false));
        auto const settings = shell(inside + "sh -c 'cd /proc/sys/net && grep -rs . ipv4 ipv6/conf'");
        EXPECT_THAT(settings.out, testing::HasSubstr("ipv4/ip_forward:")) << pin << ": " << settings.err;
        for (auto const line : split(settings.out, '\n'))
            if (auto const colon = line.find(':'); colon != std::string::npos)
                told["settings"][std::string(line.substr(0, colon))] = line.substr(colon + 1);
    }
    return all;
}

/// What this library says of them.
topology::NetworkState observed(std::string const& prefix) {
    std::vector<observe::Member> members;
    std::vector<Fd> namespaces;
    std::vector<std::unique_ptr<netlink::Connection>> connections;
    Fd const here = open_file("/proc/self/ns/net", 0).value();
    for (auto const& pin : pins()) {
        namespaces.push_back(netns::open_named("/run/netns/" + pin).value());
        EXPECT_TRUE(netns::enter(namespaces.back()).ok());
        connections.push_back(std::make_unique<netlink::Connection>(netlink::Connection::open().value()));
        members.push_back({.name = pin.substr(prefix.size()),
                           .connection = connections.back().get(),
                           .netns = namespaces.back().get()});
    }
    EXPECT_TRUE(netns::enter(here).ok());
    return observe::network_state(members, {}).value();
}

/// As if it were wanted: all that is known of links but what is random.
topology::NetworkState as_wanted(topology::NetworkState state) {
    for (auto& netns : state.namespaces)
        for (auto& link : netns.links) {
            link.address.reset();
            link.flags_mask = IFF_UP;
        }
    return state;
}

std::string first_difference(Json const& left, Json const& right) {
    auto const patch = Json::diff(left, right);
    std::string text;
    for (std::size_t i = 0; i < patch.size() && i < 4; ++i) text += patch[i].dump() + "\n";
    return text;
}

/// What a lab is after `up`; nothing where this kernel cannot make it.
struct Made {
    topology::NetworkState state;
    Json told, told_by_others;
    bool impaired = true;  ///< the kernel has netem, or there was no need of it
};
std::optional<Made> made_by_up(std::string const& file) {
    auto const up = shell(program + " up -j -f " + file);
    if (up.status == 3) return {};
    EXPECT_EQ(up.status, 0) << up.err;
    auto const shown = shell(program + " show -j -f " + file);
    auto const lab = Json::parse(shown.out)["lab"].get<std::string>() + ".";
    Made made{observed(lab), told_by_ip(lab), told_by_others(lab)};
    made.impaired = Json::parse(up.out).at("left_out").empty();
    // The kernel tells carriers of bridges a little later.
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    for (int same = 0; same < 3 && std::chrono::steady_clock::now() < deadline;) {
        auto again = told_by_ip(lab);
        bool const settled = again == made.told && again.dump().find("NO-CARRIER") == std::string::npos;
        same = settled ? same + 1 : 0;
        made.told = std::move(again);
    }
    EXPECT_EQ(shell(program + " down -f " + file).status, 0);
    EXPECT_TRUE(pins().empty());
    return made;
}

/// What `up` leaves out a script does too.
std::string without_impairments(std::string const& script) {
    std::string kept;
    for (auto const line : split(script, '\n'))
        if (!line.starts_with("tc ")) kept += std::string(line) + "\n";
    return kept;
}

/// Carries a script out and says how what it makes differs.
std::string differences(Made const& made, std::string const& script) {
    (void)write_file("/run/script.sh", made.impaired ? script : without_impairments(script));
    auto const ran = shell("PATH=$PATH:/usr/sbin:/sbin sh -e /run/script.sh");
    std::string text = ran.status == 0 ? "" : "the script fails: " + ran.out + ran.err;
    auto const by_tools = observed("");
    for (auto const& step : plan::make_plan(as_wanted(made.state), by_tools).steps)
        text += "only by up: " + step.key + ": " + plan::describe(step.operation) + "\n";
    for (auto const& step : plan::make_plan(as_wanted(by_tools), made.state).steps)
        text += "only by the script: " + step.key + ": " + plan::describe(step.operation) + "\n";
    // Carriers come a little later.
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(text.empty() ? 5 : 0);
    auto theirs = told_by_ip("");
    while (made.told != theirs && std::chrono::steady_clock::now() < deadline) theirs = told_by_ip("");
    if (made.told != theirs) text += first_difference(made.told, theirs);
    if (auto const others = told_by_others(""); made.told_by_others != others)
        text += first_difference(made.told_by_others, others);
    for (auto const& pin : pins()) (void)shell("ip netns delete '" + pin + "'");
    return text;
}

bool has_tools() {
    for (auto const* const tool : {"ip", "nft", "sysctl", "tc"})
        if (!has_program(tool)) return false;
    (void)shell("mkdir -p /run/netns");
    return true;
}

std::string example(std::string const& name) { return VETHWORK_EXAMPLES "/" + name + ".vethwork.yaml"; }

std::string script_of(std::string const& name) {
    return shell(program + " up --dry-run -f " + example(name)).out;
}

/// What its services need and is not installed; empty where all of it is.
std::string lacking(std::string const& name) {
    auto const text = read_file(example(name)).value();
    if (text.find("bird.conf") != text.npos && !has_program("bird")) return "bird";
    if (text.find("/usr/lib/frr/") != text.npos && !fs::exists("/usr/lib/frr/zebra")) return "frr";
    return {};
}

class Script : public testing::TestWithParam<std::string> {};

TEST_P(Script, MakesWhatUpMakes) {
    if (!has_tools()) GTEST_SKIP() << "there is no ip, tc, nft or sysctl";
    if (auto const lacks = lacking(GetParam()); !lacks.empty()) GTEST_SKIP() << "no " << lacks << " here";
    auto const made = made_by_up(example(GetParam()));
    if (!made) GTEST_SKIP() << "this kernel lacks what it needs";
    auto const script = script_of(GetParam());
    EXPECT_EQ(script, shell(program + " export shell " + example(GetParam())).out);
    EXPECT_EQ(differences(*made, script), "");
}

/// Without the lines from the one that has `word` to the one that has `last`.
std::string without(std::string text, std::string const& word, std::string const& last) {
    auto const place = text.find(word);
    EXPECT_NE(place, std::string::npos) << word;
    if (place == std::string::npos) return text;
    auto const begin = text.rfind('\n', place) + 1;
    return text.erase(begin, text.find('\n', text.find(last, place)) - begin);
}

TEST(ScriptOfATopology, IsFoundOutWhereARulesetOrASettingIsMissing) {
    if (!has_tools()) GTEST_SKIP() << "there is no ip, tc, nft or sysctl";
    auto const made = made_by_up(example("firewall"));
    ASSERT_TRUE(made);
    auto const script = script_of("firewall");
    EXPECT_EQ(differences(*made, script), "");
    EXPECT_THAT(differences(*made, without(script, "nft -f", "\nEND_OF_RULESET")),
                testing::HasSubstr("ruleset"));
    EXPECT_THAT(differences(*made, without(script, "ip_forward=1", "ip_forward=1")),
                testing::HasSubstr("ipv4~1conf~1all~1forwarding"));
}

TEST(ScriptOfATopology, IsFoundOutWhereOneLineIsBrokenAndShowsTheFile) {
    if (!has_tools()) GTEST_SKIP() << "there is no ip, tc, nft or sysctl";
    auto const made = made_by_up(example("chain"));
    auto script = script_of("chain");
    EXPECT_THAT(script, testing::HasSubstr("# The lab of chain.vethwork.yaml;"));
    EXPECT_THAT(script, testing::ContainsRegex("ip netns add [a-z0-9]+ +# :[0-9]+  [a-z0-9]+: "));
    for (std::string const word : {"address add", "route add", "link add"}) {
        auto const place = script.find(word);
        ASSERT_NE(place, std::string::npos) << word;
        auto broken = script;
        auto const begin = script.rfind('\n', place) + 1;
        broken.erase(begin, script.find('\n', place) - begin);
        EXPECT_NE(differences(*made, broken), "") << "without " << word;
    }
}

std::vector<std::string> examples() {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator(VETHWORK_EXAMPLES)) {
        std::string const name = entry.path().filename();
        if (name.ends_with(".vethwork.yaml")) names.push_back(name.substr(0, name.find('.')));
    }
    std::ranges::sort(names);
    return names;
}

INSTANTIATE_TEST_SUITE_P(OfExample, Script, testing::ValuesIn(examples()), [](auto const& one) {
    auto name = one.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

}  // namespace
}  // namespace vethwork::test
