#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/decode.hpp>

namespace vethwork::topology {

namespace {

class NodeDecoder {
public:
    NodeDecoder(DecodeContext& context, LabNode& node, MapFields const& fields)
        : context_(context), node_(node), fields_(fields) {}

    void decode();

private:
    void decode_netns();
    void decode_sysctls();
    void decode_nft();
    void decode_interfaces();
    void decode_nat();
    void decode_switch();
    void decode_services();
    void decode_files();
    void decode_private();
    void decode_limits();
    std::vector<PlacedText> placed(std::string_view key) const;
    void decode_dnat(NatRule& rule, YamlNode const& text);
    Readiness decode_ready(YamlNode const& ready);

    DecodeContext& context_;
    LabNode& node_;
    MapFields const& fields_;
};

std::vector<PlacedText> NodeDecoder::placed(std::string_view key) const {
    std::vector<PlacedText> texts;
    for (auto const* const item : fields_.list(key)) texts.push_back({item->text, item->place});
    return texts;
}

void NodeDecoder::decode_netns() {
    auto const text = fields_.text("netns", "own");
    if (text == "own") return;
    node_.netns = text == "host" ? NetnsKind::host : NetnsKind::path;
    if (text == "host") return;
    node_.netns_path = text;
    if (!text.starts_with('/'))
        context_.error("E236", fields_.place("netns"), fmt::format("'{}' is not own, host, or a path", text),
                       "a path begins with /: /run/netns/NAME");
}

void NodeDecoder::decode_sysctls() {
    node_.sysctls = fields_.named_texts("sysctls");
    for (auto const& [name, value] : node_.sysctls) {
        bool const net = name.starts_with("net.") || name.starts_with("net/");
        if (!net || name.find("..") != std::string::npos)
            context_.error("E227", value.place, fmt::format("'{}' is not of this namespace's network", name),
                           "only names that begin with net. can be set for one node");
    }
}

void NodeDecoder::decode_nft() {
    if (auto const* const nft = fields_.find("nft")) node_.nft = PlacedText{nft->text, nft->place};
    auto const* const file = fields_.find("nft-file");
    if (!file) return;
    if (node_.nft) return context_.error("E225", file->place, "'nft' and 'nft-file' exclude each other");
    auto text = context_.reader ? context_.reader(file->text) : std::nullopt;
    if (!text) return context_.error("E223", file->place, fmt::format("cannot read '{}'", file->text));
    node_.nft = PlacedText{*text, {context_.sources.add(file->text, *text), 1, 1, 0}};
}

void NodeDecoder::decode_interfaces() {
    auto const* const interfaces = fields_.find("interfaces");
    if (!interfaces) return;
    for (auto const& entry : interfaces->entries) {
        MapFields const fields(entry.value);
        LabInterface made{.name = entry.key, .kind = fields.text("kind")};
        made.addresses = fields.prefixes("ip");
        made.mac = fields.get("mac", LinkAddress::parse);
        made.mtu = fields.number("mtu");
        made.id = fields.number("id");
        made.table = fields.number("table");
        made.port = fields.number<std::uint16_t>("port");
        made.up = fields.boolean("up").value_or(true);
        made.master = fields.text("master");
        made.link = fields.text("link");
        made.mode = fields.text("mode");
        made.key = fields.text("key");
        made.options = fields.text("options");
        made.ports = fields.texts("ports");
        made.local = fields.get("local", IpAddress::parse);
        made.remote = fields.get("remote", IpAddress::parse);
        made.group = fields.get("group", IpAddress::parse);
        made.place = entry.place;
        made.address_place = fields.find("ip") ? fields.place("ip") : entry.place;
        made.mtu_place = fields.place_if_written("mtu");
        made.up_place = fields.place_if_written("up");
        node_.interfaces.push_back(std::move(made));
    }
}

/// `tcp 8080 -> 192.168.1.2:80`
void NodeDecoder::decode_dnat(NatRule& rule, YamlNode const& text) {
    auto const words = split_words(text.text);
    auto const fail = [&] {
        context_.error("E237", text.place, fmt::format("'{}' is no forwarding of a port", text.text),
                       "write tcp 8080 -> 192.168.1.2:80");
    };
    if (words.size() != 4 || words[2] != "->" || (words[0] != "tcp" && words[0] != "udp")) return fail();
    auto const colon = words[3].rfind(':');
    auto address = words[3].substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    rule.to = IpAddress::parse(address);
    auto const port = parse_number<std::uint16_t>(words[1], 10);
    auto const to_port =
        colon == std::string_view::npos ? port : parse_number<std::uint16_t>(words[3].substr(colon + 1), 10);
    if (!rule.to || !port || !to_port || *port == 0 || *to_port == 0) return fail();
    rule.protocol = words[0];
    rule.port = *port;
    rule.to_port = *to_port;
    rule.families = rule.to->family == Family::ipv4 ? Families::v4 : Families::v6;
}

void NodeDecoder::decode_nat() {
    for (auto const* const item : fields_.list("nat")) {
        MapFields const fields(*item);
        NatRule rule{.place = item->place};
        rule.families = fields.get("family", parse_families).value_or(Families::v4);
        if (auto const* const device = fields.find("masquerade")) {
            rule.device = device->text;
            rule.place = device->place;
        } else if (auto const* const source = fields.find("snat")) {
            rule.kind = NatKind::snat;
            rule.to = IpAddress::parse(source->text);
            rule.device = fields.text("out");
            rule.place = source->place;
            rule.families = rule.to && rule.to->family == Family::ipv6 ? Families::v6 : Families::v4;
        } else if (auto const* const target = fields.find("dnat")) {
            rule.kind = NatKind::dnat;
            rule.device = fields.text("in");
            rule.place = target->place;
            decode_dnat(rule, *target);
        }
        if (auto const from = fields.prefixes("from"); !from.empty()) rule.from = from.front();
        node_.nat.push_back(std::move(rule));
    }
}

void NodeDecoder::decode_switch() {
    auto const* const found = fields_.find("switch");
    if (!found) return;
    if (node_.role != NodeRole::switch_)
        context_.error("E238", found->place, "'switch' is for nodes of role switch", "add role: switch");
    MapFields const fields(*found);
    node_.switch_options.stp = fields.boolean("stp").value_or(false);
    node_.switch_options.vlan_aware = fields.boolean("vlan-aware").value_or(false);
    node_.switch_options.ageing = fields.get("ageing", parse_duration);
    node_.switch_options.forward_delay = fields.get("forward-delay", parse_duration);
    node_.switch_options.priority = fields.number<std::uint16_t>("priority");
}

Readiness NodeDecoder::decode_ready(YamlNode const& ready) {
    MapFields const fields(ready);
    Readiness result;
    constexpr std::string_view kinds[] = {"", "tcp", "udp", "unix", "http", "file", "log", "exec"};
    for (std::size_t i = 1; i < std::size(kinds); ++i)
        if (fields.find(kinds[i])) result.kind = static_cast<ReadyKind>(i);
    auto const key = kinds[static_cast<std::size_t>(result.kind)];
    result.port = fields.number<std::uint16_t>(key).value_or(0);
    if (result.kind == ReadyKind::exec) {
        auto const* const command = fields.find("exec");
        result.argv = command->kind == YamlKind::list ? fields.texts("exec")
                                                      : std::vector<std::string>{"sh", "-euc", command->text};
    } else if (result.port == 0) {
        result.text = fields.text(key);
    }
    if (result.kind == ReadyKind::http && !result.text.starts_with("http://") &&
        !result.text.starts_with('/'))
        context_.error("E241", fields.place("http"),
                       fmt::format("'{}' is no http:// URL and no path", result.text),
                       "write http://HOST[:PORT]/PATH, or /PATH for port 80 of the node itself");
    result.within = fields.get("within", parse_duration).value_or(result.within);
    return result;
}

void NodeDecoder::decode_services() {
    auto const* const services = fields_.find("services");
    if (!services) return;
    for (auto const& entry : services->entries) {
        MapFields const fields(entry.value);
        Service service{.name = entry.key,
                        .script = fields.text("run"),
                        .argv = fields.texts("argv"),
                        .place = entry.place};
        if (auto const* const argv = fields.find("argv"); argv && argv->items.empty())
            context_.error("E235", argv->place, "a program is missing");
        if (auto const* const ready = fields.find("ready")) service.ready = decode_ready(*ready);
        service.env = fields.named_texts("env");
        service.dir = fields.text("dir");
        service.user = fields.text("user");
        service.restart = static_cast<Restart>(fields.choice("restart", {"no", "on-failure", "always"}));
        service.stop = fields.get("stop", parse_duration).value_or(service.stop);
        node_.services.push_back(std::move(service));
    }
}

void NodeDecoder::decode_private() {
    for (auto const* const folder : fields_.list("private")) {
        auto const& path = folder->text;
        bool const is_plain = path.size() > 1 && path.starts_with('/') && !path.ends_with('/') &&
                              path.find("/.") == std::string::npos && path.find("//") == std::string::npos;
        if (is_plain)
            node_.private_folders.push_back(path);
        else
            context_.error("E236", folder->place, fmt::format("'{}' is not an absolute path", path),
                           "as in /run/bird");
    }
}

void NodeDecoder::decode_files() {
    auto const* const files = fields_.find("files");
    if (!files) return;
    for (auto const& entry : files->entries) {
        LabFile file{.path = entry.key, .place = entry.place};
        if (!entry.key.starts_with('/'))
            context_.error("E236", entry.place, fmt::format("'{}' is not an absolute path", entry.key),
                           "begin it with /");
        if (entry.value.kind == YamlKind::scalar) file.text = entry.value.text;
        MapFields const fields(entry.value);
        if (entry.value.kind == YamlKind::map) {
            file.text = fields.text("text");
            file.source = fields.text("source");
            auto const mode = parse_number<std::uint32_t>(fields.text("mode", "644"), 8);
            if (!mode || *mode > 07777)
                context_.error("E209", fields.place("mode"),
                               fmt::format("'{}' is not a mode, as 644", fields.text("mode")));
            file.mode = mode.value_or(0644);
        }
        node_.files.push_back(std::move(file));
    }
}

void NodeDecoder::decode_limits() {
    auto const* const limits = fields_.find("limits");
    if (!limits) return;
    MapFields const fields(*limits);
    node_.limits = {fields.get("memory", parse_size), fields.number("cpu"), fields.number("pids"),
                    fields.number("files")};
}

void NodeDecoder::decode() {
    node_.role = static_cast<NodeRole>(fields_.choice("role", {"host", "router", "switch"}));
    node_.tags = fields_.texts("tags");
    node_.loopback = fields_.prefixes("lo");
    node_.routes = placed("routes");
    node_.rules = placed("rules");
    node_.env = fields_.named_texts("env");
    for (auto const* const item : fields_.list("dns"))
        if (auto const address = IpAddress::parse(item->text)) node_.dns.push_back(*address);
    decode_netns();
    decode_sysctls();
    decode_nft();
    decode_interfaces();
    decode_nat();
    decode_switch();
    decode_services();
    decode_files();
    decode_private();
    decode_limits();
}

void decode_gateways(DecodeContext& context, LabNode& node, MapFields const& fields) {
    for (auto const* const item : fields.list("gateway")) {
        Gateway gateway{.place = item->place};
        if (item->text == "none") {
            gateway.kind = GatewayKind::absent;
        } else if (auto const address = IpAddress::parse(item->text)) {
            gateway.kind = GatewayKind::address;
            gateway.address = *address;
        } else if (item->text != "auto") {
            gateway.kind = GatewayKind::node;
            gateway.node = context.select_one(item->text, item->place);
        }
        node.gateways.push_back(gateway);
    }
}

Service const* find_service(LabNode const& node, std::string_view name) {
    auto const found = std::find_if(node.services.begin(), node.services.end(),
                                    [&](Service const& service) { return service.name == name; });
    return found == node.services.end() ? nullptr : &*found;
}

void decode_after(DecodeContext& context, std::size_t index, Service& service, MapFields const& fields) {
    for (auto const* const item : fields.list("after")) {
        auto const slash = item->text.find('/');
        auto const name = slash == std::string::npos ? item->text : item->text.substr(slash + 1);
        auto const owner =
            slash == std::string::npos ? index : context.select_one(item->text.substr(0, slash), item->place);
        if (owner == no_index) continue;
        auto const& node = context.lab.nodes[owner];
        if (find_service(node, name)) {
            service.after.emplace_back(owner, name);
            continue;
        }
        std::vector<std::string_view> names;
        for (auto const& known : node.services) names.push_back(known.name);
        context.error("E309", item->place, fmt::format("node '{}' has no service '{}'", node.name, name),
                      did_you_mean(name, names));
    }
}

/// Services that wait for each other in a circle would never start.
bool waits_for_itself(Lab const& lab, std::size_t node, std::string const& service,
                      std::set<std::pair<std::size_t, std::string>>& open,
                      std::set<std::pair<std::size_t, std::string>>& done) {
    std::pair const key{node, service};
    if (done.contains(key)) return false;
    if (!open.insert(key).second) return true;
    bool circle = false;
    if (auto const* const found = find_service(lab.nodes[node], service))
        for (auto const& [other, name] : found->after)
            circle = circle || waits_for_itself(lab, other, name, open, done);
    open.erase(key);
    done.insert(key);
    return circle;
}

void check_circles(DecodeContext& context) {
    std::set<std::pair<std::size_t, std::string>> open, done;
    for (std::size_t i = 0; i < context.lab.nodes.size(); ++i)
        for (auto const& service : context.lab.nodes[i].services)
            if (waits_for_itself(context.lab, i, service.name, open, done))
                context.error("E309", service.place,
                              fmt::format("service '{}' waits for itself", service.name),
                              "look at its 'after', and at theirs");
}

}  // namespace

void decode_nodes(DecodeContext& context, YamlNode const& nodes) {
    for (auto const& entry : nodes.entries) {
        LabNode node{.name = entry.key, .place = entry.place};
        NodeDecoder(context, node, MapFields(entry.value)).decode();
        context.nodes.emplace(entry.key, context.lab.nodes.size());
        context.lab.nodes.push_back(std::move(node));
    }
}

void decode_node_references(DecodeContext& context, YamlNode const& nodes) {
    for (std::size_t i = 0; i < nodes.entries.size(); ++i) {
        auto const& entry = nodes.entries[i];
        MapFields const fields(entry.value);
        auto& node = context.lab.nodes[i];
        decode_gateways(context, node, fields);
        if (auto const* const services = fields.find("services"))
            for (std::size_t j = 0; j < services->entries.size(); ++j)
                decode_after(context, i, node.services[j], MapFields(services->entries[j].value));
    }
    check_circles(context);
}

}  // namespace vethwork::topology
