#include <vethwork/topology/decode.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {

bool is_pattern(std::string_view text) {
    return text == "all" || text.starts_with("tag:") || text.find_first_of("*?") != std::string_view::npos;
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
    std::size_t at = 0, in = 0, star = std::string_view::npos, resume = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            resume = at;
        } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == text[at])) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

namespace {

bool is_selected(LabNode const& node, std::string_view selector) {
    if (selector == "all") return node.role != NodeRole::switch_;
    if (!selector.starts_with("tag:")) return matches_pattern(node.name, selector);
    selector.remove_prefix(4);
    return std::any_of(node.tags.begin(), node.tags.end(),
                       [&](std::string const& tag) { return matches_pattern(tag, selector); });
}

std::string hint_for(DecodeContext const& context, std::string_view selector) {
    std::vector<std::string_view> names;
    if (selector.starts_with("tag:")) {
        for (auto const& node : context.lab.nodes)
            for (auto const& tag : node.tags)
                if (std::find(names.begin(), names.end(), tag) == names.end()) names.push_back(tag);
        return names.empty() ? "no node has tags" : "the tags are " + enumerate(names);
    }
    for (auto const& node : context.lab.nodes) names.push_back(node.name);
    auto hint = did_you_mean(selector, names);
    if (!hint.empty() || names.size() > 24) return hint;
    return names.empty() ? "there are no nodes" : "the nodes are " + enumerate(names);
}

}  // namespace

std::vector<std::size_t> DecodeContext::select(std::string_view selector, Place const& place) {
    if (auto const found = nodes.find(selector); found != nodes.end()) return {found->second};
    std::vector<std::size_t> selected;
    if (is_pattern(selector))
        for (std::size_t i = 0; i < lab.nodes.size(); ++i)
            if (is_selected(lab.nodes[i], selector)) selected.push_back(i);
    if (!selected.empty()) return selected;
    if (is_pattern(selector))
        error("E303", place, fmt::format("no node is meant by '{}'", selector), hint_for(*this, selector));
    else
        error("E301", place, fmt::format("there is no node '{}'", selector), hint_for(*this, selector));
    return {};
}

std::size_t DecodeContext::select_one(std::string_view selector, Place const& place) {
    auto const selected = select(selector, place);
    if (selected.size() > 1)
        error("E313", place,
              fmt::format("'{}' means {} nodes, and one is needed here", selector, selected.size()));
    return selected.size() == 1 ? selected.front() : no_index;
}

std::string MapFields::text(std::string_view key, std::string_view otherwise) const {
    auto const* const found = find(key);
    return found && found->kind == YamlKind::scalar ? found->text : std::string(otherwise);
}

std::vector<YamlNode const*> MapFields::list(std::string_view key) const {
    std::vector<YamlNode const*> values;
    auto const* const found = find(key);
    if (!found) return values;
    if (found->kind == YamlKind::scalar) values.push_back(found);
    for (auto const& item : found->items) values.push_back(&item);
    return values;
}

std::vector<std::string> MapFields::texts(std::string_view key) const {
    std::vector<std::string> values;
    for (auto const* const item : list(key)) values.push_back(item->text);
    return values;
}

std::optional<bool> MapFields::boolean(std::string_view key) const { return get(key, parse_boolean); }

std::size_t MapFields::choice(std::string_view key, std::initializer_list<std::string_view> words,
                              std::size_t otherwise) const {
    auto const found = std::find(words.begin(), words.end(), text(key));
    return found == words.end() ? otherwise : static_cast<std::size_t>(found - words.begin());
}

std::vector<IpPrefix> MapFields::prefixes(std::string_view key) const {
    std::vector<IpPrefix> values;
    for (auto const* const item : list(key))
        if (auto const prefix = IpPrefix::parse(item->text)) values.push_back(*prefix);
    return values;
}

Place MapFields::place(std::string_view key) const {
    auto const* const found = find(key);
    return found ? found->place : map_.place;
}

NamedTexts MapFields::named_texts(std::string_view key) const {
    NamedTexts values;
    if (auto const* const found = find(key))
        for (auto const& entry : found->entries)
            values.push_back({entry.key, {entry.value.text, entry.place}});
    return values;
}

std::optional<Families> parse_families(std::string_view text) {
    if (text == "v4") return Families::v4;
    if (text == "v6") return Families::v6;
    if (text == "both") return Families::both;
    if (text == "no") return Families::neither;
    return {};
}

std::size_t Lab::find_node(std::string_view wanted) const {
    auto const found =
        std::find_if(nodes.begin(), nodes.end(), [&](LabNode const& node) { return node.name == wanted; });
    return found == nodes.end() ? no_index : static_cast<std::size_t>(found - nodes.begin());
}

std::size_t Lab::find_link(std::string_view wanted) const {
    auto const found =
        std::find_if(links.begin(), links.end(), [&](LabLink const& link) { return link.name == wanted; });
    return found == links.end() ? no_index : static_cast<std::size_t>(found - links.begin());
}

namespace {

IpPrefix const* first_of(std::vector<IpPrefix> const& prefixes, Family family) {
    auto const found = std::ranges::find(prefixes, family, &IpPrefix::family);
    return found == prefixes.end() ? nullptr : &*found;
}

}  // namespace

IpPrefix const* LabEnd::address(Family family) const { return first_of(addresses, family); }

IpPrefix const* Segment::subnet(Family family) const { return first_of(subnets, family); }

std::optional<IpAddress> Lab::address(std::size_t node, Family family) const {
    for (auto const& which : nodes[node].ends)
        if (auto const* const prefix = end(which).address(family)) return prefix->address;
    for (auto const& interface : nodes[node].interfaces)
        if (auto const* const prefix = first_of(interface.addresses, family)) return prefix->address;
    auto const* const own = first_of(nodes[node].loopback, family);
    return own ? std::optional(own->address) : std::nullopt;
}

}  // namespace vethwork::topology
