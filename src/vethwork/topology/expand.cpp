#include <vethwork/topology/expand.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/check_fields.hpp>
#include <vethwork/topology/expression.hpp>
#include <vethwork/topology/merge.hpp>
#include <vethwork/topology/units.hpp>

namespace vethwork::topology {

namespace {

/// One `for`: a variable and what it runs through.
struct Loop {
    std::string variable;
    std::vector<Value> values;
};

class Expander {
public:
    explicit Expander(Complaints& complaints) : complaints_(complaints) {}

    std::optional<YamlNode> run(YamlNode tree, Overrides const& overrides);

private:
    using Emit = std::function<void()>;

    bool fail(std::string_view code, Place const& place, std::string message, std::string hint = {}) {
        complaints_.error(code, place, std::move(message), std::move(hint));
        return false;
    }
    bool fail(ExpressionFault const& fault, YamlNode const& node);

    bool set_variables(YamlNode const* vars, Overrides const& overrides);
    bool replace(YamlNode& node, std::string_view key);
    bool replace_key(YamlEntry& entry);
    YamlNode take(YamlNode& map, std::string_view key);

    void expand_nodes(YamlNode& nodes, YamlNode const& defaults);
    void expand_node(YamlEntry const& written, YamlNode const& defaults, YamlNode& result);
    void emit_node(std::string key, Place const& place, YamlNode body, YamlNode& result);
    void expand_links(YamlNode& links, YamlNode const& defaults);
    bool check_patterns(YamlNode const& patterns);
    bool check_defaults(YamlNode const& defaults);
    bool use_templates(YamlNode& body, std::size_t depth);
    bool is_there(YamlNode const& condition);

    bool each(YamlNode const& loops, std::size_t index, Emit const& emit);
    std::optional<std::vector<Value>> values_of(YamlNode node);
    bool add_scalar_values(YamlNode const& node, std::vector<Value>& values);
    bool round(Place const& place);

    Complaints& complaints_;
    Variables variables_;
    YamlNode templates_;
    std::set<std::string, std::less<>> names_;
    std::size_t rounds_ = 0, links_ = 0;
    bool stopped_ = false;
};

/// The caret under the expression where the text stands in the file as it was written.
bool Expander::fail(ExpressionFault const& fault, YamlNode const& node) {
    Place place = node.place;
    bool const plain = !node.block && !node.quoted && count_characters(node.text) == node.text.size();
    if (plain && place.width == node.text.size()) {
        place.column += static_cast<std::uint32_t>(fault.offset);
        place.width = static_cast<std::uint32_t>(fault.size);
    }
    return fail(fault.code, place, fault.message, fault.hint);
}

bool Expander::replace(YamlNode& node, std::string_view key) {
    bool good = true;
    if (node.kind == YamlKind::scalar) {
        if (key == "run" || node.text.find("$(") == std::string::npos) return true;
        auto result = substitute(node.text, variables_);
        if (auto const* const fault = std::get_if<ExpressionFault>(&result)) return fail(*fault, node);
        node.text = std::get<std::string>(std::move(result));
    }
    for (auto& item : node.items) good &= replace(item, key);
    for (auto& entry : node.entries) good &= replace_key(entry) && replace(entry.value, entry.key);
    return good;
}

bool Expander::replace_key(YamlEntry& entry) {
    if (entry.key.find("$(") == std::string::npos) return true;
    auto result = substitute(entry.key, variables_);
    if (auto const* const fault = std::get_if<ExpressionFault>(&result)) {
        YamlNode const written{.kind = YamlKind::scalar, .text = entry.key, .place = entry.place};
        return fail(*fault, written);
    }
    entry.key = std::get<std::string>(std::move(result));
    return true;
}

YamlNode Expander::take(YamlNode& map, std::string_view key) {
    auto const at = std::find_if(map.entries.begin(), map.entries.end(),
                                 [&](YamlEntry const& entry) { return entry.key == key; });
    if (at == map.entries.end()) return {};
    YamlNode value = std::move(at->value);
    map.entries.erase(at);
    return value;
}

bool Expander::set_variables(YamlNode const* vars, Overrides const& overrides) {
    bool good = true;
    std::vector<std::string_view> names;
    if (vars && vars->kind == YamlKind::map) {
        for (auto const& entry : vars->entries) {
            names.push_back(entry.key);
            auto const is_it = [&](auto const& override) { return override.first == entry.key; };
            auto const given = std::find_if(overrides.rbegin(), overrides.rend(), is_it);
            YamlNode value = entry.value;
            if (given != overrides.rend())
                value.text = given->second;
            else
                good &= replace(value, {});
            variables_.set(entry.key, value_of(value.text));
        }
    }
    for (auto const& [name, value] : overrides) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        auto hint = did_you_mean(name, names);
        if (hint.empty())
            hint = names.empty() ? "the file has no 'vars'" : "its variables are " + enumerate(names);
        good = fail("E231", vars ? vars->place : Place{},
                    fmt::format("there is no variable '{}' to override", name), std::move(hint));
    }
    return good;
}

bool Expander::round(Place const& place) {
    if (stopped_) return false;
    if (++rounds_ <= most_rounds) return true;
    stopped_ = true;
    return fail("E221", place, fmt::format("'for' and 'count' take more than {} rounds", most_rounds));
}

bool Expander::add_scalar_values(YamlNode const& node, std::vector<Value>& values) {
    auto const dots = node.text.find("..");
    auto const first =
        dots == std::string::npos ? std::optional<std::int64_t>(0) : parse_integer(node.text.substr(0, dots));
    auto const last = parse_integer(dots == std::string::npos ? node.text : node.text.substr(dots + 2));
    if (!first || !last)
        return fail("E222", node.place, fmt::format("'for' cannot run through '{}'", node.text),
                    "a number N (0 to N-1), a range A..B, or a list");
    std::int64_t const end = dots == std::string::npos ? *last : *last < INT64_MAX ? *last + 1 : *last;
    if (end < *first && dots == std::string::npos)
        return fail("E222", node.place, fmt::format("'for' cannot run {} times", *last));
    for (std::int64_t value = *first; value < end; ++value) {
        if (!round(node.place)) return false;
        values.emplace_back(value);
    }
    return true;
}

std::optional<std::vector<Value>> Expander::values_of(YamlNode node) {
    if (!replace(node, {})) return {};
    std::vector<Value> values;
    if (node.kind == YamlKind::scalar)
        return add_scalar_values(node, values) ? std::optional(values) : std::nullopt;
    for (auto const& item : node.items) values.push_back(value_of(item.text));
    return values;
}

/// Calls `emit` for every combination, the last variable fastest.
bool Expander::each(YamlNode const& loops, std::size_t index, Emit const& emit) {
    if (index == loops.entries.size()) {
        if (!round(loops.place)) return false;
        emit();
        return true;
    }
    auto const values = values_of(loops.entries[index].value);
    if (!values) return false;
    for (auto const& value : *values) {
        auto const outer = variables_.size();
        variables_.set(loops.entries[index].key, value);
        bool const good = each(loops, index + 1, emit);
        variables_.shrink(outer);
        if (!good) return false;
    }
    return true;
}

bool Expander::is_there(YamlNode const& condition) {
    if (condition.kind == YamlKind::empty) return true;
    YamlNode value = condition;
    if (!check_type(value, "value", complaints_) || !replace(value, {})) return false;
    return value.text != "0" && parse_boolean(value.text) != std::optional(false);
}

bool Expander::use_templates(YamlNode& body, std::size_t depth) {
    YamlNode use = take(body, "use");
    if (use.kind == YamlKind::empty) return true;
    if (!replace(use, {}) || !check_type(use, "text|[text]", complaints_)) return false;
    if (depth > 16) return fail("E226", use.place, "templates use each other in a circle");
    YamlNode merged{.kind = YamlKind::map, .place = body.place};
    std::vector<YamlNode> const names = use.kind == YamlKind::list ? use.items : std::vector<YamlNode>{use};
    for (auto const& name : names) {
        auto const* const found = templates_.find(name.text);
        if (!found) {
            std::vector<std::string_view> known;
            for (auto const& entry : templates_.entries) known.push_back(entry.key);
            auto hint = did_you_mean(name.text, known);
            if (hint.empty())
                hint =
                    known.empty() ? "the file has no 'templates'" : "its templates are " + enumerate(known);
            return fail("E226", name.place, fmt::format("there is no template '{}'", name.text),
                        std::move(hint));
        }
        if (!round(name.place)) return false;
        YamlNode pattern = *found;
        if (pattern.kind == YamlKind::map && !use_templates(pattern, depth + 1)) return false;
        merge_over(merged, pattern);
    }
    merge_over(merged, body);
    body.entries = std::move(merged.entries);
    return true;
}

void Expander::emit_node(std::string key, Place const& place, YamlNode body, YamlNode& result) {
    YamlEntry entry{std::move(key), place, std::move(body)};
    if (!replace_key(entry) || !replace(entry.value, {})) return;
    if (!names_.insert(entry.key).second) {
        fail("E220", place, fmt::format("there are two nodes '{}'", entry.key),
             "let the name tell the rounds apart, as in NAME-$(i)");
        return;
    }
    if (names_.size() > most_lab_nodes) {
        if (!stopped_) fail("E221", place, fmt::format("the lab has more than {} nodes", most_lab_nodes));
        stopped_ = true;
        return;
    }
    result.entries.push_back(std::move(entry));
}

void Expander::expand_node(YamlEntry const& written, YamlNode const& defaults, YamlNode& result) {
    YamlNode body = written.value;
    if (body.kind == YamlKind::empty) body.kind = YamlKind::map;
    if (body.kind != YamlKind::map) {
        result.entries.push_back(written);
        return;
    }
    YamlNode const loops = take(body, "for"), condition = take(body, "if");
    if (loops.kind != YamlKind::empty && !check_type(loops, "<value|[value]>", complaints_)) return;
    each(loops, 0, [&] {
        if (!is_there(condition)) return;
        YamlNode whole = body;
        if (!use_templates(whole, 0)) return;
        if (defaults.kind == YamlKind::map) {
            YamlNode merged = defaults;
            merge_over(merged, whole);
            whole.entries = std::move(merged.entries);
        }
        YamlNode count = take(whole, "count");
        if (count.kind == YamlKind::empty)
            return emit_node(written.key, written.place, std::move(whole), result);
        if (!replace(count, {}) || !check_type(count, "integer", complaints_)) return;
        bool const named = written.key.find("$(") != std::string::npos;
        for (std::int64_t i = 1; i <= parse_integer(count.text).value_or(0); ++i) {
            if (!round(count.place)) return;
            auto const outer = variables_.size();
            variables_.set("i", i);
            emit_node(named ? written.key : fmt::format("{}{}", written.key, i), written.place, whole,
                      result);
            variables_.shrink(outer);
        }
    });
}

void Expander::expand_nodes(YamlNode& nodes, YamlNode const& defaults) {
    if (nodes.kind != YamlKind::map) return;
    YamlNode result{.kind = YamlKind::map, .place = nodes.place};
    for (auto const& entry : nodes.entries) expand_node(entry, defaults, result);
    nodes = std::move(result);
}

void Expander::expand_links(YamlNode& links, YamlNode const& defaults) {
    if (links.kind != YamlKind::list) return;
    YamlNode result{.kind = YamlKind::list, .place = links.place};
    for (auto& written : links.items) {
        if (written.kind != YamlKind::map) {
            fail("E203", written.place, fmt::format("a map is expected here, not {}", describe(written.kind)),
                 "a cable is written as { link: [a, b] }");
            continue;
        }
        YamlNode const loops = take(written, "for"), condition = take(written, "if");
        if (loops.kind != YamlKind::empty && !check_type(loops, "<value|[value]>", complaints_)) continue;
        each(loops, 0, [&] {
            if (!is_there(condition)) return;
            YamlNode link = defaults.kind == YamlKind::map ? defaults : YamlNode{.kind = YamlKind::map};
            merge_over(link, written);
            link.place = written.place;
            if (!replace(link, {})) return;
            if (++links_ > most_lab_links) {
                stopped_ = true;
                fail("E221", written.place, fmt::format("the lab has more than {} links", most_lab_links));
                return;
            }
            result.items.push_back(std::move(link));
        });
    }
    links = std::move(result);
}

bool Expander::check_patterns(YamlNode const& patterns) {
    if (patterns.kind != YamlKind::map)
        return fail("E203", patterns.place,
                    fmt::format("a map is expected here, not {}", describe(patterns.kind)));
    bool good = true;
    for (auto const& entry : patterns.entries)
        if (auto const kind = entry.value.kind; kind != YamlKind::map && kind != YamlKind::empty)
            good = fail("E203", entry.value.place,
                        fmt::format("a map is expected here, not {}", describe(kind)));
    return good;
}

bool Expander::check_defaults(YamlNode const& defaults) {
    if (defaults.kind == YamlKind::empty) return true;
    if (!check_patterns(defaults)) return false;
    bool good = true;
    for (auto const& entry : defaults.entries)
        if (entry.key != "node" && entry.key != "link")
            good = fail("E201", entry.place, fmt::format("unknown key '{}'", entry.key),
                        "known here: node and link");
    return good;
}

std::optional<YamlNode> Expander::run(YamlNode tree, Overrides const& overrides) {
    YamlNode const vars = take(tree, "vars");
    if (vars.kind != YamlKind::empty && !check_type(vars, "<value>", complaints_)) return {};
    if (!set_variables(vars.kind == YamlKind::empty ? nullptr : &vars, overrides)) return {};
    templates_ = take(tree, "templates");
    if (templates_.kind == YamlKind::empty) templates_.kind = YamlKind::map;
    YamlNode const defaults = take(tree, "defaults");
    if (!check_patterns(templates_) || !check_defaults(defaults)) return {};
    YamlNode const none;
    YamlNode const* const node_defaults = defaults.find("node");
    YamlNode const* const link_defaults = defaults.find("link");
    for (auto& entry : tree.entries) {
        if (entry.key == "nodes")
            expand_nodes(entry.value, node_defaults ? *node_defaults : none);
        else if (entry.key == "links")
            expand_links(entry.value, link_defaults ? *link_defaults : none);
        else
            replace(entry.value, {});
    }
    return tree;
}

}  // namespace

std::optional<YamlNode> expand(YamlNode tree, Overrides const& overrides, Complaints& complaints) {
    return Expander(complaints).run(std::move(tree), overrides);
}

}  // namespace vethwork::topology
