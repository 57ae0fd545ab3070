// vethwork show: a lab as it is meant, with everything that was chosen automatically.
#include <nlohmann/json.hpp>

#include <vethwork/report/lab_graph.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view role_names[] = {"host", "router", "switch"};

template <class List>
Json texts_of(List const& list) {
    auto texts = Json::array();
    for (auto const& item : list) texts.push_back(item.to_string());
    return texts;
}

Json end_json(topology::Lab const& lab, std::pair<std::size_t, std::size_t> which) {
    auto const& link = lab.links[which.first];
    auto const& end = lab.end(which);
    auto peers = Json::array();
    for (std::size_t i = 0; i < link.ends.size(); ++i)
        if (i != which.second)
            peers.push_back(lab.nodes[link.ends[i].node].name + ":" + link.ends[i].interface);
    Json json{{"name", end.interface},
              {"link", link.name},
              {"peers", peers},
              {"addresses", texts_of(end.addresses)}};
    if (end.mtu) json["mtu"] = *end.mtu;
    if (end.mac) json["mac"] = end.mac->to_string();
    if (auto const text = report::impairment_text(end.impairment); !text.empty()) json["impairment"] = text;
    if (!end.up.value_or(link.up)) json["up"] = false;
    return json;
}

std::string route_text(topology::LabRoute const& route) {
    std::string text = route.destination.length == 0 ? "default" : route.destination.to_string();
    bool const several = route.next_hops.size() > 1;
    for (auto const& hop : route.next_hops)
        text += fmt::format("{} via {} dev {}", several ? " nexthop" : "", hop.via.to_string(), hop.device);
    return text;
}

Json routes_json(topology::LabNode const& node) {
    auto routes = Json::array();
    for (auto const& route : node.routes) routes.push_back({{"route", route.text}, {"automatic", false}});
    for (auto const& route : node.automatic_routes)
        routes.push_back({{"route", route_text(route)}, {"automatic", true}});
    return routes;
}

Json service_json(topology::Service const& service) {
    std::vector<std::string> words;
    for (auto const& word : service.argv) words.push_back(shell_quote(word));
    return {{"name", service.name}, {"command", service.argv.empty() ? service.script : join(words, " ")}};
}

Json node_json(topology::Lab const& lab, topology::LabNode const& node) {
    Json json{{"name", node.name},           {"role", role_names[static_cast<std::size_t>(node.role)]},
              {"tags", node.tags},           {"loopback", texts_of(node.loopback)},
              {"interfaces", Json::array()}, {"routes", routes_json(node)},
              {"services", Json::array()}};
    for (auto const& which : node.ends) json["interfaces"].push_back(end_json(lab, which));
    for (auto const& device : node.interfaces)
        json["interfaces"].push_back(
            {{"name", device.name}, {"kind", device.kind}, {"addresses", texts_of(device.addresses)}});
    for (auto const& service : node.services) json["services"].push_back(service_json(service));
    return json;
}

std::string join_json(Json const& list, std::string_view separator) {
    return join(list.get<std::vector<std::string>>(), separator);
}

void print_interface(Json const& json) {
    std::string what = json.contains("kind") ? json["kind"].get<std::string>() : "";
    if (json.contains("peers")) what = "to " + join_json(json["peers"], " ");
    if (json.contains("mtu")) what += fmt::format("  mtu {}", json["mtu"].get<std::uint32_t>());
    if (json.contains("impairment")) what += "  " + json["impairment"].get<std::string>();
    if (json.contains("up")) what += "  down";
    fmt::print("  {:<15} {:<32} {}\n", json["name"].get<std::string>(), join_json(json["addresses"], " "),
               what);
}

void print_node(Json const& node) {
    fmt::print("{} ({}){}\n", node["name"].get<std::string>(), node["role"].get<std::string>(),
               node["tags"].empty() ? "" : "  tags " + join_json(node["tags"], " "));
    if (!node["loopback"].empty()) fmt::print("  {:<15} {}\n", "lo", join_json(node["loopback"], " "));
    for (auto const& one : node["interfaces"]) print_interface(one);
    for (auto const& one : node["routes"])
        fmt::print("  route           {}{}\n", one["route"].get<std::string>(),
                   one["automatic"].get<bool>() ? "" : "  (written)");
    for (auto const& one : node["services"]) {
        auto const command = one["command"].get<std::string>();
        auto const lines = split(trim(command), '\n');
        fmt::print("  service         {}: {}{}\n", one["name"].get<std::string>(), lines[0],
                   lines.size() > 1 ? " …" : "");
    }
}

}  // namespace

int run_show(Invocation const& invocation) {
    OptionSet app(
        "Shows a lab as it is meant, with what was chosen automatically: of a file, or of a running "
        "lab with -l.",
        "vethwork show");
    LabOptions options;
    bind_lab_options(app, options);
    bind_file(app, options);
    if (auto const ended = parse_words(app, invocation, "show")) return *ended;
    auto const loaded = load_meant(options, "show");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    auto const& lab = std::get<LoadedLab>(loaded).lab;
    Json json{{"lab", lab.name}, {"title", lab.title}, {"nodes", Json::array()}};
    for (auto const& node : lab.nodes) json["nodes"].push_back(node_json(lab, node));
    if (options.json) return fmt::print("{}\n", json.dump(1)), status::ok;
    for (auto const& node : json["nodes"]) print_node(node);
    return status::ok;
}

}  // namespace vethwork::app
