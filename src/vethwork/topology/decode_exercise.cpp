#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/decode.hpp>

namespace vethwork::topology {

namespace {

constexpr auto test_kinds = std::to_array<std::string_view>(
    {"ping", "reach", "path", "tcp", "udp", "http", "drop", "throughput", "exec"});
constexpr auto fault_kinds = std::to_array<std::string_view>({"down", "up", "impair", "run", "kill"});

std::vector<FaultTarget> links_meant(DecodeContext& context, YamlNode const& name) {
    if (auto const found = context.links.find(name.text); found != context.links.end())
        return {{found->second, no_index}};
    std::vector<FaultTarget> targets;
    for (auto const& [link, index] : context.links)
        if (matches_pattern(link, name.text) || matches_pattern(link, name.text + "-*"))
            targets.push_back({index, no_index});
    if (targets.empty()) {
        std::vector<std::string_view> names;
        for (auto const& [link, index] : context.links) names.push_back(link);
        auto hint = did_you_mean(name.text, names);
        if (hint.empty() && names.size() <= 24)
            hint = names.empty() ? "the lab has no links" : "the links are " + enumerate(names);
        context.error("E306", name.place, fmt::format("there is no link '{}'", name.text), std::move(hint));
    }
    return targets;
}

/// A link, a pattern of links, or NODE:INTERFACE.
std::vector<FaultTarget> targets_of(DecodeContext& context, YamlNode const& name) {
    auto const colon = name.text.find(':');
    if (colon == std::string::npos) return links_meant(context, name);
    auto const node = context.select_one(name.text.substr(0, colon), name.place);
    if (node == no_index) return {};
    std::vector<std::string_view> names;
    for (auto const& [link, end] : context.lab.nodes[node].ends) {
        auto const& interface = context.lab.links[link].ends[end].interface;
        if (interface == name.text.substr(colon + 1)) return {{link, end}};
        names.push_back(interface);
    }
    auto hint = did_you_mean(name.text.substr(colon + 1), names);
    if (hint.empty() && !names.empty()) hint = "its cables are at " + enumerate(names);
    context.error("E306", name.place,
                  fmt::format("node '{}' has no cable at '{}'", context.lab.nodes[node].name,
                              name.text.substr(colon + 1)),
                  std::move(hint));
    return {};
}

void decode_kill(DecodeContext& context, LabFault& fault, YamlNode const& text) {
    auto const slash = text.text.find('/');
    if (slash == std::string::npos)
        return context.error("E309", text.place, fmt::format("'{}' is no service", text.text),
                             "write NODE/SERVICE");
    fault.node = context.select_one(text.text.substr(0, slash), text.place);
    fault.service = text.text.substr(slash + 1);
    if (fault.node == no_index) return;
    auto const& services = context.lab.nodes[fault.node].services;
    bool const known = std::any_of(services.begin(), services.end(),
                                   [&](Service const& service) { return service.name == fault.service; });
    if (!known)
        context.error(
            "E309", text.place,
            fmt::format("node '{}' has no service '{}'", context.lab.nodes[fault.node].name, fault.service));
}

/// A key that makes no sense beside the kind of fault, or that is missing with it.
void check_companion(DecodeContext& context, MapFields const& fields, std::string_view kind,
                     std::string_view owner, std::string_view companion) {
    auto const* const found = fields.find(companion);
    if (kind == owner && !found)
        context.error("E202", fields.node().place,
                      fmt::format("'{}' needs '{}' beside it", owner, companion));
    if (kind != owner && found)
        context.error("E225", found->place, fmt::format("'{}' belongs to '{}'", companion, owner));
}

LabFault decode_fault(DecodeContext& context, YamlNode const& written) {
    MapFields const fields(written);
    LabFault fault{.place = written.place};
    std::string_view key;
    for (std::size_t i = 0; i < fault_kinds.size(); ++i)
        if (fields.find(fault_kinds[i])) {
            fault.kind = static_cast<FaultKind>(i);
            key = fault_kinds[i];
        }
    check_companion(context, fields, key, "impair", "to");
    check_companion(context, fields, key, "run", "on");
    if (fault.kind == FaultKind::kill) decode_kill(context, fault, *fields.find("kill"));
    if (fault.kind == FaultKind::run) fault.script = fields.text("run");
    if (auto const* const on = fields.find("on")) fault.node = context.select_one(on->text, on->place);
    if (auto const* const to = fields.find("to")) fault.impairment = decode_impairment(*to);
    if (fault.kind <= FaultKind::impair)
        for (auto const* const item : fields.list(key))
            for (auto const& target : targets_of(context, *item)) fault.targets.push_back(target);
    return fault;
}

void decode_scenarios(DecodeContext& context, YamlNode const& scenarios) {
    for (auto const& entry : scenarios.entries) {
        Scenario scenario{.name = entry.key, .place = entry.place};
        for (auto const& item : entry.value.items) {
            MapFields const fields(item);
            ScenarioStep step{.fault = decode_fault(context, item)};
            step.at = fields.get("at", parse_duration).value_or(Duration{});
            step.lasts = fields.get("for", parse_duration);
            scenario.steps.push_back(std::move(step));
        }
        context.lab.scenarios.push_back(std::move(scenario));
    }
}

class TestDecoder {
public:
    TestDecoder(DecodeContext& context, YamlNode const& written)
        : context_(context), outer_(written), test_{.place = written.place} {}

    LabTest decode();

private:
    void decode_probe(MapFields const& fields);
    void decode_nodes(MapFields const& fields);
    void decode_values(MapFields const& fields);
    void decode_target(YamlNode const& to);
    void check_families(MapFields const& fields);
    std::vector<std::size_t> nodes(MapFields const& fields, std::string_view key);

    DecodeContext& context_;
    MapFields outer_;
    LabTest test_;
};

std::vector<std::size_t> TestDecoder::nodes(MapFields const& fields, std::string_view key) {
    std::vector<std::size_t> all;
    for (auto const* const item : fields.list(key))
        for (auto const node : context_.select(*item)) all.push_back(node);
    return all;
}

void TestDecoder::decode_target(YamlNode const& to) {
    if (!context_.nodes.contains(to.text))
        if (auto const address = IpAddress::parse(to.text)) {
            test_.to = *address;
            return;
        }
    test_.to = context_.select(to);
}

void TestDecoder::check_families(MapFields const& fields) {
    auto const* const address = std::get_if<IpAddress>(&test_.to);
    if (address && test_.families && *test_.families != Families::neither &&
        *test_.families != Families::both && !has(*test_.families, address->family))
        context_.error("E316", fields.place("to"),
                       fmt::format("'{}' is of the other family", address->to_string()));
    if (address && test_.families == Families::both)
        context_.error("E316", fields.place("to"),
                       fmt::format("'{}' is of one family, and both are asked for", address->to_string()));
}

void TestDecoder::decode_nodes(MapFields const& fields) {
    for (auto const key : {"from", "on", "nodes"})
        if (fields.find(key)) test_.from = nodes(fields, key);
    test_.via = nodes(fields, "via");
    if (auto const* const at = fields.find("at")) test_.at = context_.select_one(at->text, at->place);
    if (auto const* const to = fields.find("to")) decode_target(*to);
    check_families(fields);
}

void TestDecoder::decode_values(MapFields const& fields) {
    test_.count = fields.number("count");
    test_.size = fields.number("size");
    test_.status = fields.number("status");
    test_.port = fields.number<std::uint16_t>("port");
    test_.loss = fields.get("loss", parse_range<Share>);
    test_.rtt = fields.get("rtt", parse_range<Duration>);
    test_.rate = fields.get("rate", parse_range<BitRate>);
    test_.lasts = fields.get("for", parse_duration);
    test_.expect = fields.text("expect");
    test_.protocol = fields.text("proto");
    test_.url = fields.text("url");
    test_.body = fields.text("body");
    test_.send = fields.text("send");
    test_.receive = fields.text("receive");
    test_.reason = fields.text("reason");
    test_.script = fields.text("run");
    test_.output = fields.text("output");
    test_.argv = fields.texts("argv");
}

void TestDecoder::decode_probe(MapFields const& fields) {
    test_.families = fields.get("family", parse_families);
    decode_nodes(fields);
    decode_values(fields);
    if (auto const* const url = fields.find("url"); url && !url->text.starts_with("http://"))
        context_.error("E241", url->place, fmt::format("'{}' is no URL of http", url->text),
                       "write http://HOST/PATH");
    bool const ports = test_.kind == TestKind::drop && (test_.protocol == "tcp" || test_.protocol == "udp");
    if (ports && !test_.port)
        context_.error("E202", fields.node().place,
                       fmt::format("'proto: {}' needs 'port' beside it", test_.protocol));
}

LabTest TestDecoder::decode() {
    std::string_view key;
    for (std::size_t i = 0; i < test_kinds.size(); ++i)
        if (outer_.find(test_kinds[i])) {
            test_.kind = static_cast<TestKind>(i);
            key = test_kinds[i];
        }
    test_.within = outer_.get("within", parse_duration);
    test_.hold = outer_.get("hold", parse_duration);
    for (auto const* const item : outer_.list("given")) test_.given.push_back(decode_fault(context_, *item));
    auto const& value = *outer_.find(key);
    if (value.kind == YamlKind::scalar)
        test_.from = context_.select(value);
    else
        decode_probe(MapFields(value));
    test_.name = outer_.text("name", fmt::format("{} on line {}", key, test_.place.line));
    return std::move(test_);
}

/// `[ADDRESS:]PORT -> NODE:PORT`
std::optional<Publication> decode_publication(DecodeContext& context, YamlNode const& written) {
    Publication publication{.place = written.place};
    auto const words = split_words(written.text);
    auto const fail = [&]() -> std::optional<Publication> {
        context.error("E242", written.place, fmt::format("'{}' publishes nothing", written.text),
                      "write 8080 -> NODE:80");
        return {};
    };
    if (words.size() != 3 || words[1] != "->") return fail();
    auto const left = words[0].rfind(':'), right = words[2].rfind(':');
    if (right == std::string_view::npos) return fail();
    auto const port = parse_number<std::uint16_t>(
        left == std::string_view::npos ? words[0] : words[0].substr(left + 1), 10);
    auto const to_port = parse_number<std::uint16_t>(words[2].substr(right + 1), 10);
    auto address = left == std::string_view::npos ? std::string_view("127.0.0.1") : words[0].substr(0, left);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    auto const parsed = IpAddress::parse(address);
    if (!port || !to_port || *port == 0 || *to_port == 0 || !parsed) return fail();
    publication.port = *port;
    publication.to_port = *to_port;
    publication.address = *parsed;
    publication.node = context.select_one(words[2].substr(0, right), written.place);
    return publication;
}

}  // namespace

void decode_internet(DecodeContext& context, YamlNode const& written) {
    MapFields const fields(written);
    Internet internet{.place = written.place};
    internet.via = context.select_one(fields.text("via"), fields.place("via"));
    internet.mode = static_cast<InternetMode>(fields.choice("mode", {"auto", "pasta", "slirp4netns", "nat"}));
    for (auto const* const item : fields.list("publish"))
        if (auto const publication = decode_publication(context, *item))
            internet.publish.push_back(*publication);
    context.lab.internet = std::move(internet);
}

void decode_exercises(DecodeContext& context, YamlNode const& root) {
    if (auto const* const scenarios = root.find("scenarios")) decode_scenarios(context, *scenarios);
    if (auto const* const tests = root.find("tests"))
        for (auto const& written : tests->items)
            context.lab.tests.push_back(TestDecoder(context, written).decode());
}

}  // namespace vethwork::topology
