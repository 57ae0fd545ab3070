#include <vethwork/topology/read_lab.hpp>

#include <fmt/format.h>

#include <vethwork/topology/check_fields.hpp>
#include <vethwork/topology/decode.hpp>
#include <vethwork/topology/field.hpp>
#include <vethwork/topology/stages.hpp>

namespace vethwork::topology {

namespace {

constexpr std::string_view usual_v4 = "10.0.0.0/8", usual_v6 = "fd00::/48";

/// "branch" of "labs/branch.vethwork.yaml"; as a name may be, whatever the file is called.
std::string stem_of(std::string_view path) {
    constexpr std::size_t longest_name = 60;
    path = path.substr(path.rfind('/') + 1);
    for (std::string_view const ending : {".yaml", ".yml", ".vethwork"})
        if (path.ends_with(ending)) path.remove_suffix(ending.size());
    auto const name = with_letters_of_names(path.substr(0, longest_name));
    return scalar_row("name")->fits(name) ? name : "lab" + name;
}

/// A pool that is written alone is the only one; to switch one off leaves the other as it usually is.
std::optional<IpPrefix> decode_pool(DecodeContext& context, MapFields const& fields, Family family) {
    auto const key = family == Family::ipv4 ? "v4" : "v6";
    auto const* const written = fields.find(key);
    if (!written && fields.text(family == Family::ipv4 ? "v6" : "v4") == "off")
        return IpPrefix::parse(family == Family::ipv4 ? usual_v4 : usual_v6);
    if (!written || written->text == "off") return {};
    auto const pool = IpPrefix::parse(written->text);
    std::uint8_t const longest = family == Family::ipv4 ? 24 : 64;
    if (!pool) return {};
    if (pool->family() != family)
        context.error(
            "E410", written->place,
            fmt::format("{} is no {} prefix", written->text, family == Family::ipv4 ? "IPv4" : "IPv6"));
    else if (pool->network() != *pool)
        context.error("E406", written->place, fmt::format("{} is an address, not a pool", written->text),
                      fmt::format("its network is {}", pool->network().to_string()));
    else if (pool->length > longest)
        context.error(
            "E407", written->place,
            fmt::format("the pool {} is smaller than the /{} that a segment takes", written->text, longest),
            "write a /16 or so");
    return pool;
}

void decode_addressing(DecodeContext& context, YamlNode const* written) {
    if (written && written->text == "off") return;
    if (!written || written->kind == YamlKind::empty) {
        context.lab.pool_v4 = IpPrefix::parse(usual_v4);
        context.lab.pool_v6 = IpPrefix::parse(usual_v6);
        return;
    }
    context.lab.pool_v4 = decode_pool(context, MapFields(*written), Family::ipv4);
    context.lab.pool_v6 = decode_pool(context, MapFields(*written), Family::ipv6);
}

void decode_lab(DecodeContext& context, YamlNode const& root) {
    MapFields const fields(root);
    auto& lab = context.lab;
    lab.name = fields.text("name", stem_of(context.sources.name(0)));
    lab.title = fields.text("title");
    lab.routing = static_cast<RoutingMode>(fields.choice("routing", {"auto", "connected"}));
    decode_addressing(context, fields.find("addressing"));
    YamlNode const& nodes = *fields.find("nodes");
    decode_nodes(context, nodes);
    if (nodes.entries.empty()) context.error("E235", nodes.place, "the lab has no nodes");
    if (auto const* const links = fields.find("links")) decode_links(context, *links);
    if (context.complaints.any_error()) return;
    decode_node_references(context, nodes);
    name_interfaces(context);
    decode_exercises(context, root);
    if (auto const* const internet = fields.find("internet")) decode_internet(context, *internet);
}

class LabReader {
public:
    LabReader(FileReader const& reader, Overrides const& overrides)
        : reader_(reader), overrides_(overrides) {}

    LabReading read(std::string name, std::string text) {
        sources_.add(std::move(name), std::move(text));
        LabReading reading;
        if (run()) {
            lab_.sources = std::move(sources_);
            reading.lab = std::move(lab_);
        }
        reading.complaints = complaints_.take();
        return reading;
    }

private:
    bool good() const { return !complaints_.any_error(); }

    bool run() {
        auto tree = read_tree(sources_, reader_, complaints_);
        if (!tree || !good()) return false;
        auto const root = expand(std::move(*tree), overrides_, complaints_);
        if (!root || !good() || !check_type(*root, "{lab}", complaints_) || !good()) return false;
        DecodeContext context{lab_, sources_, reader_, complaints_};
        decode_lab(context, *root);
        if (!good()) return false;
        find_segments(lab_, complaints_);
        if (good()) assign_addresses(lab_, complaints_);
        if (good()) compute_routes(lab_, complaints_);
        if (good()) check_lab(lab_, complaints_);
        return good();
    }

    FileReader const& reader_;
    Overrides const& overrides_;
    Sources sources_;
    Complaints complaints_{sources_};
    Lab lab_;
};

}  // namespace

LabReading read_lab(std::string name, std::string text, FileReader const& reader,
                    Overrides const& overrides) {
    return LabReader(reader, overrides).read(std::move(name), std::move(text));
}

}  // namespace vethwork::topology
