// From an expanded and checked tree to the values of a lab. Internal to topology/.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/expand.hpp>
#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {

/// A text as wide as a selector may match: `*` is any text, `?` any character.
[[nodiscard]] bool matches_pattern(std::string_view text, std::string_view pattern);
[[nodiscard]] bool is_pattern(std::string_view text);

/// What all decoders share.
struct DecodeContext {
    Lab& lab;
    Sources& sources;
    FileReader const& reader;
    Complaints& complaints;
    std::map<std::string, std::size_t, std::less<>> nodes{}, links{};

    /// The nodes of a selector; complains (E301, E303) where there are none.
    std::vector<std::size_t> select(std::string_view selector, Place const& place);
    std::vector<std::size_t> select(YamlNode const& scalar) { return select(scalar.text, scalar.place); }
    /// The one node of a selector; none, and a complaint, where there is not exactly one.
    std::size_t select_one(std::string_view selector, Place const& place);
    void error(std::string_view code, Place const& place, std::string message, std::string hint = {}) {
        complaints.error(code, place, std::move(message), std::move(hint));
    }
};

/// The values of a map whose fields have been checked.
class MapFields {
public:
    explicit MapFields(YamlNode const& map) : map_(map) {}

    [[nodiscard]] YamlNode const* find(std::string_view key) const { return map_.find(key); }
    [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise = {}) const;
    /// The scalars of a key that holds one or a list.
    [[nodiscard]] std::vector<YamlNode const*> list(std::string_view key) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
    template <class T = std::uint32_t>
    [[nodiscard]] std::optional<T> number(std::string_view key) const {
        auto const* const found = find(key);
        auto const value = found ? parse_integer(found->text) : std::nullopt;
        return value ? std::optional(static_cast<T>(*value)) : std::nullopt;
    }
    template <class Parse>
    [[nodiscard]] auto get(std::string_view key, Parse parse) const -> decltype(parse(std::string_view{})) {
        auto const* const found = find(key);
        if (!found || found->kind != YamlKind::scalar) return {};
        return parse(std::string_view(found->text));
    }
    /// Which of `words` the key holds, `otherwise` where it is not there.
    [[nodiscard]] std::size_t choice(std::string_view key, std::initializer_list<std::string_view> words,
                                     std::size_t otherwise = 0) const;
    [[nodiscard]] std::vector<IpPrefix> prefixes(std::string_view key) const;
    [[nodiscard]] Place place(std::string_view key) const;
    /// The same; nowhere where the key is not there.
    [[nodiscard]] Place place_if_written(std::string_view key) const {
        return find(key) ? place(key) : Place{};
    }
    [[nodiscard]] NamedTexts named_texts(std::string_view key) const;
    [[nodiscard]] YamlNode const& node() const { return map_; }

private:
    YamlNode const& map_;
};

[[nodiscard]] std::optional<Families> parse_families(std::string_view text);
[[nodiscard]] Impairment decode_impairment(YamlNode const& map);

void decode_nodes(DecodeContext& context, YamlNode const& nodes);
/// What refers to other nodes, once all of them and the links are there.
void decode_node_references(DecodeContext& context, YamlNode const& nodes);
void decode_links(DecodeContext& context, YamlNode const& links);
void name_interfaces(DecodeContext& context);
void decode_exercises(DecodeContext& context, YamlNode const& root);
void decode_internet(DecodeContext& context, YamlNode const& internet);

}  // namespace vethwork::topology
