#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/decode.hpp>
#include <vethwork/topology/merge.hpp>

namespace vethwork::topology {

Impairment decode_impairment(YamlNode const& map) {
    MapFields const fields(map);
    Impairment result;
    result.delay = fields.get("delay", parse_duration);
    result.jitter = fields.get("jitter", parse_duration);
    if (fields.find("distribution"))
        result.distribution = static_cast<DelayDistribution>(
            fields.choice("distribution", {"uniform", "normal", "pareto", "paretonormal"}));
    result.loss = fields.get("loss", parse_percent);
    if (auto const* const loss = fields.find("loss"); loss && loss->kind == YamlKind::map) {
        MapFields const burst(*loss);
        GilbertElliott const usual;
        result.burst_loss = GilbertElliott{burst.get("enter", parse_percent).value_or(usual.enter),
                                           burst.get("leave", parse_percent).value_or(usual.leave),
                                           burst.get("bad", parse_percent).value_or(usual.bad),
                                           burst.get("good", parse_percent).value_or(usual.good)};
    }
    result.duplicate = fields.get("duplicate", parse_percent);
    result.corrupt = fields.get("corrupt", parse_percent);
    result.reorder = fields.get("reorder", parse_percent);
    result.rate = fields.get("rate", parse_rate);
    if (auto const queue = fields.text("queue"); queue.ends_with("packets"))
        result.queue = QueueLimit{parse_number<std::uint32_t>(queue.substr(0, queue.size() - 7), 10), {}};
    else if (!queue.empty())
        result.queue = QueueLimit{{}, parse_size(queue)};
    if (fields.find("trace")) result.trace = fields.text("trace");
    result.seed = fields.number<std::uint64_t>("seed");
    return result;
}

namespace {

constexpr auto shapes = std::to_array<std::string_view>({"link", "chain", "ring", "mesh", "lan"});

class LinkDecoder {
public:
    LinkDecoder(DecodeContext& context, YamlNode const& written)
        : context_(context), written_(written), fields_(written) {}

    void decode();

private:
    bool decode_ends(YamlNode const& list);
    bool decode_end(YamlNode const& written);
    LabEnd end_of(MapFields const& fields) const;
    bool check_count(YamlNode const& list);
    bool check_subnet();
    void make_links();
    void make_cable(std::size_t left, std::size_t right);
    void make(LinkShape shape, std::vector<LabEnd> ends, std::string suffix);
    std::string name_for(LabLink const& link, std::string const& suffix);
    void decode_impairments(LabLink& link);

    DecodeContext& context_;
    YamlNode const& written_;
    MapFields fields_;
    std::string_view shape_;
    std::vector<LabEnd> ends_;
    std::size_t made_ = 0;
};

LabEnd LinkDecoder::end_of(MapFields const& fields) const {
    LabEnd end{.interface = fields.text("if")};
    end.named = !end.interface.empty();
    end.addresses = fields.prefixes("ip");
    end.addressed = fields.find("ip") != nullptr;
    end.address_place = fields.place("ip");
    end.mac = fields.get("mac", LinkAddress::parse);
    end.mtu = fields.number("mtu");
    end.up = fields.boolean("up");
    end.mtu_place = fields.place_if_written("mtu");
    end.up_place = fields.place_if_written("up");
    end.offload = fields.boolean("offload");
    end.vlan = fields.number<std::uint16_t>("vlan");
    for (auto const* const item : fields.list("trunk"))
        end.trunk.push_back(static_cast<std::uint16_t>(parse_integer(item->text).value_or(0)));
    return end;
}

bool LinkDecoder::decode_end(YamlNode const& written) {
    LabEnd end;
    std::string selector = written.text;
    if (written.kind == YamlKind::map) {
        end = end_of(MapFields(written));
        selector = MapFields(written).text("node");
    } else if (auto const colon = selector.find(':');
               colon != std::string::npos && !selector.starts_with("tag:")) {
        end.interface = selector.substr(colon + 1);
        end.named = true;
        selector.resize(colon);
    }
    end.place = written.kind == YamlKind::map ? MapFields(written).place("node") : written.place;
    auto const nodes = context_.select(selector, end.place);
    if (shape_ == "link" && nodes.size() > 1) {
        context_.error(
            "E313", end.place,
            fmt::format("'{}' means {} nodes, and an end of a 'link' is one", selector, nodes.size()),
            "use 'lan', or 'for' with one link a node");
        return false;
    }
    if (nodes.size() > 1 && (end.mac || !end.addresses.empty())) {
        context_.error(
            "E402", end.place,
            fmt::format("'{}' means {} nodes, which cannot share an address", selector, nodes.size()));
        return false;
    }
    for (auto const node : nodes) {
        end.node = node;
        ends_.push_back(end);
    }
    return !nodes.empty();
}

bool LinkDecoder::decode_ends(YamlNode const& list) {
    bool good = true;
    for (auto const& item : list.items) good &= decode_end(item);
    return good && check_count(list);
}

bool LinkDecoder::check_count(YamlNode const& list) {
    std::size_t const least = shape_ == "lan" ? 1 : shape_ == "ring" ? 3 : 2;
    std::size_t const most = shape_ == "link" ? 2 : SIZE_MAX;
    if (ends_.size() >= least && ends_.size() <= most) return true;
    auto const wanted = shape_ == "link" ? std::string("two ends")
                                         : fmt::format("at least {} end{}", least, least == 1 ? "" : "s");
    context_.error("E239", list.place,
                   fmt::format("a '{}' has {}, this has {}", shape_, wanted, ends_.size()),
                   shape_ == "link" && ends_.size() > 2
                       ? "use 'lan' for one segment, 'chain' or 'mesh' for several cables"
                       : "");
    return false;
}

bool LinkDecoder::check_subnet() {
    auto const subnets = fields_.prefixes("subnet");
    bool const several = shape_ == "chain" || shape_ == "ring" || shape_ == "mesh";
    if (several && !subnets.empty() && ends_.size() > 2) {
        context_.error("E240", fields_.place("subnet"),
                       fmt::format("the cables of a '{}' cannot share one subnet", shape_),
                       "leave it out, or write single links");
        return false;
    }
    return true;
}

std::string LinkDecoder::name_for(LabLink const& link, std::string const& suffix) {
    std::string base = fields_.text("name");
    if (!base.empty())
        base += suffix;
    else if (link.shape == LinkShape::lan)
        base = fmt::format("lan{}", context_.lab.links.size() + 1);
    else
        base = context_.lab.nodes[link.ends[0].node].name + "-" + context_.lab.nodes[link.ends[1].node].name;
    bool const written = fields_.find("name") != nullptr;
    auto [at, fresh] = context_.links.emplace(base, context_.lab.links.size());
    if (fresh) return base;
    if (written) {
        context_.error("E315", fields_.place("name"), fmt::format("there are two links '{}'", base),
                       fmt::format("the first is on line {}", context_.lab.links[at->second].place.line));
        return base;
    }
    for (std::size_t i = 2;; ++i) {
        auto name = fmt::format("{}-{}", base, i);
        if (context_.links.emplace(name, context_.lab.links.size()).second) return name;
    }
}

void LinkDecoder::decode_impairments(LabLink& link) {
    auto const* const written = fields_.find("impair");
    if (!written) return;
    link.impair_place = fields_.place("impair");
    YamlNode base = *written;
    std::erase_if(base.entries, [](YamlEntry const& entry) { return entry.key == "from"; });
    for (auto& end : link.ends) end.impairment = decode_impairment(base);
    auto const* const from = written->find("from");
    if (!from) return;
    for (auto const& entry : from->entries) {
        bool found = false;
        for (auto& end : link.ends) {
            if (context_.lab.nodes[end.node].name != entry.key) continue;
            YamlNode merged = base;
            merge_over(merged, entry.value);
            end.impairment = decode_impairment(merged);
            found = true;
        }
        bool const elsewhere = shape_ != "link" && context_.nodes.contains(entry.key);
        if (!found && !elsewhere)
            context_.error("E314", entry.place, fmt::format("node '{}' is no end of this link", entry.key));
    }
}

void LinkDecoder::make(LinkShape shape, std::vector<LabEnd> ends, std::string suffix) {
    LabLink link{.shape = shape, .ends = std::move(ends), .place = written_.place};
    link.name = name_for(link, suffix);
    link.subnets = fields_.prefixes("subnet");
    link.subnet_place = fields_.place("subnet");
    link.automatic_subnet = link.subnets.empty() && fields_.text("subnet") != "none";
    link.private_families = fields_.get("private", parse_families).value_or(Families::neither);
    link.mtu = fields_.number("mtu");
    link.mtu_place = fields_.place_if_written("mtu");
    link.up_place = fields_.place_if_written("up");
    link.cost = fields_.number("cost").value_or(1);
    link.up = fields_.boolean("up").value_or(true);
    link.tags = fields_.texts("tags");
    decode_impairments(link);
    context_.lab.links.push_back(std::move(link));
}

void LinkDecoder::make_cable(std::size_t left, std::size_t right) {
    bool const single = ends_.size() == 2 && shape_ != "ring";
    make(LinkShape::cable, {ends_[left], ends_[right]}, single ? "" : fmt::format("-{}", ++made_));
}

void LinkDecoder::make_links() {
    if (shape_ == "lan") return make(LinkShape::lan, ends_, "");
    if (shape_ == "mesh") {
        if (ends_.size() * (ends_.size() - 1) / 2 > most_lab_links)
            return context_.error("E221", written_.place,
                                  fmt::format("the lab has more than {} links", most_lab_links));
        for (std::size_t i = 0; i < ends_.size(); ++i)
            for (std::size_t j = i + 1; j < ends_.size(); ++j) make_cable(i, j);
        return;
    }
    for (std::size_t i = 0; i + 1 < ends_.size(); ++i) make_cable(i, i + 1);
    if (shape_ == "ring") make_cable(ends_.size() - 1, 0);
}

void LinkDecoder::decode() {
    for (auto const shape : shapes)
        if (fields_.find(shape)) shape_ = shape;
    if (decode_ends(*fields_.find(shape_)) && check_subnet()) make_links();
}

/// Gives the unnamed ends of a node eth0, eth1, …, past the names that are taken.
class InterfaceNamer {
public:
    InterfaceNamer(DecodeContext& context, LabNode& node) : context_(context), node_(node) {}

    void run() {
        if (node_.role == NodeRole::switch_) taken_["br0"] = node_.place;
        taken_["lo"] = node_.place;
        for (auto const& interface : node_.interfaces) take(interface.name, interface.place);
        for (auto const& which : node_.ends)
            if (auto const& end = context_.lab.end(which); end.named) take(end.interface, end.place);
        for (auto const& which : node_.ends)
            if (auto& end = context_.lab.end(which); !end.named) end.interface = fresh();
    }

private:
    void take(std::string const& name, Place const& place) {
        auto const [at, good] = taken_.emplace(name, place);
        if (good) return;
        bool const reserved = name == "lo" || (name == "br0" && node_.role == NodeRole::switch_);
        context_.error("E305", place, fmt::format("node '{}' has two interfaces '{}'", node_.name, name),
                       reserved ? fmt::format("'{}' is there anyway", name)
                                : fmt::format("the first is on line {}", at->second.line));
    }
    std::string fresh() {
        // In the caller's own namespace eth0 is likely to be the machine's.
        std::string_view const stem = node_.netns == NetnsKind::own ? "eth" : "veth";
        for (;;)
            if (auto name = fmt::format("{}{}", stem, next_++); taken_.emplace(name, node_.place).second)
                return name;
    }

    DecodeContext& context_;
    LabNode& node_;
    std::map<std::string, Place> taken_;
    std::size_t next_ = 0;
};

}  // namespace

void decode_links(DecodeContext& context, YamlNode const& links) {
    for (auto const& written : links.items) {
        if (context.lab.links.size() > most_lab_links) return;
        LinkDecoder(context, written).decode();
    }
}

void name_interfaces(DecodeContext& context) {
    auto& lab = context.lab;
    for (std::size_t link = 0; link < lab.links.size(); ++link)
        for (std::size_t end = 0; end < lab.links[link].ends.size(); ++end)
            lab.nodes[lab.links[link].ends[end].node].ends.emplace_back(link, end);
    for (auto& node : lab.nodes) InterfaceNamer(context, node).run();
}

}  // namespace vethwork::topology
