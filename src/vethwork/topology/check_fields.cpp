#include <vethwork/topology/check_fields.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/field.hpp>

namespace vethwork::topology {

namespace {

class FieldChecker {
public:
    explicit FieldChecker(Complaints& complaints) : complaints_(complaints) {}

    bool value(YamlNode const& node, std::string_view type);

private:
    bool fail(std::string_view code, Place const& place, std::string message, std::string hint = {}) {
        complaints_.error(code, place, std::move(message), std::move(hint));
        return false;
    }
    bool scalar(YamlNode const& node, std::vector<std::string_view> const& types);
    bool choice_fault(YamlNode const& node, std::string_view choices);
    bool list(YamlNode const& node, std::string_view item);
    bool map(YamlNode const& node, std::string_view value_type);
    bool object(YamlNode const& node, std::string_view name);
    bool entry(YamlEntry const& entry, std::string_view object_name);
    bool one_of(YamlNode const& node, ObjectRow const& row);
    bool wrong_kind(YamlNode const& node, std::vector<std::string_view> const& types);

    Complaints& complaints_;
};

std::string_view inside(std::string_view type) { return type.substr(1, type.size() - 2); }

std::string_view find_form(std::vector<std::string_view> const& types, char open) {
    for (auto const type : types)
        if (type[0] == open) return type;
    return {};
}

std::string expected(std::string_view type) {
    switch (type[0]) {
        case '[':
            return "a list";
        case '<':
        case '{':
            return "a map";
        case '=':
            return enumerate(split(type.substr(1), ','), "or");
        default:
            return std::string(scalar_row(type)->noun);
    }
}

bool FieldChecker::wrong_kind(YamlNode const& node, std::vector<std::string_view> const& types) {
    std::vector<std::string> nouns;
    for (auto const type : types)
        if (auto noun = expected(type); std::find(nouns.begin(), nouns.end(), noun) == nouns.end())
            nouns.push_back(std::move(noun));
    std::vector<std::string_view> views(nouns.begin(), nouns.end());
    auto const what = enumerate(views, "or");
    if (node.kind == YamlKind::empty)
        return fail("E235", node.place, fmt::format("a value is missing: {}", what));
    std::string hint;
    if (node.kind == YamlKind::map && node.entries.size() == 1 &&
        node.entries[0].value.kind == YamlKind::empty)
        hint = "a text that begins with { needs quotes";
    if (node.kind == YamlKind::scalar && types.size() == 1 && types[0][0] == '[')
        hint = fmt::format("write [{}]", node.block ? "…" : node.text);
    return fail("E203", node.place, fmt::format("{} is expected here, not {}", what, describe(node.kind)),
                std::move(hint));
}

bool FieldChecker::choice_fault(YamlNode const& node, std::string_view choices) {
    auto const words = split(choices.substr(1), ',');
    return fail(
        "E204", node.place,
        fmt::format("'{}' is not {}{}", node.text, words.size() > 1 ? "one of " : "", enumerate(words)),
        did_you_mean(node.text, words));
}

bool FieldChecker::scalar(YamlNode const& node, std::vector<std::string_view> const& types) {
    std::string_view choices, last;
    for (auto const type : types) {
        if (type[0] == '=') {
            choices = type;
            auto const words = split(type.substr(1), ',');
            if (std::find(words.begin(), words.end(), node.text) != words.end()) return true;
        } else if (auto const* const row = scalar_row(type)) {
            if (row->fits(node.text)) return true;
            last = type;
        }
    }
    if (choices.empty() && last.empty()) return wrong_kind(node, types);
    bool const near = !choices.empty() && !did_you_mean(node.text, split(choices.substr(1), ',')).empty();
    if (near || last.empty()) return choice_fault(node, choices);
    auto fault = scalar_row(last)->fault(node.text);
    return fail(fault.code, node.place, std::move(fault.message), std::move(fault.hint));
}

bool FieldChecker::value(YamlNode const& node, std::string_view type) {
    auto const types = alternatives(type);
    if (node.kind == YamlKind::scalar) return scalar(node, types);
    if (node.kind == YamlKind::list) {
        auto const form = find_form(types, '[');
        return form.empty() ? wrong_kind(node, types) : list(node, inside(form));
    }
    if (auto const form = find_form(types, '{'); !form.empty()) return object(node, inside(form));
    auto const form = find_form(types, '<');
    if (form.empty() || node.kind != YamlKind::map) return wrong_kind(node, types);
    return map(node, inside(form));
}

bool FieldChecker::list(YamlNode const& node, std::string_view item) {
    bool good = true;
    for (auto const& element : node.items) good &= value(element, item);
    return good;
}

bool FieldChecker::map(YamlNode const& node, std::string_view value_type) {
    bool good = true;
    bool const names = value_type[0] == '{' || value_type[0] == '[';
    auto const& row = *scalar_row(value_type == "{interface}" ? "ifname" : "name");
    for (auto const& entry : node.entries) {
        if (names && !row.fits(entry.key)) {
            auto fault = row.fault(entry.key);
            good = fail(fault.code, entry.place, std::move(fault.message), std::move(fault.hint));
        }
        good &= value(entry.value, value_type);
    }
    return good;
}

bool FieldChecker::entry(YamlEntry const& entry, std::string_view object_name) {
    auto const known = fields_of(object_name);
    auto const field = std::find_if(known.begin(), known.end(),
                                    [&](Field const& candidate) { return candidate.key == entry.key; });
    if (field != known.end()) {
        if (object_name == "lab" && entry.key == "vethwork" && entry.value.text != "1")
            return fail("E228", entry.value.place,
                        fmt::format("version '{}' of the format is unknown; this program reads version 1",
                                    entry.value.text));
        return value(entry.value, field->type);
    }
    std::vector<std::string_view> keys;
    for (auto const& candidate : known) keys.push_back(candidate.key);
    auto hint = did_you_mean(entry.key, keys);
    if (hint.empty()) hint = "known here: " + enumerate(keys);
    return fail("E201", entry.place, fmt::format("unknown key '{}'", entry.key), std::move(hint));
}

bool FieldChecker::one_of(YamlNode const& node, ObjectRow const& row) {
    if (row.one_of.empty()) return true;
    YamlEntry const* first = nullptr;
    for (auto const key : split_words(row.one_of)) {
        auto const* const found = node.entry(key);
        if (!found) continue;
        if (first)
            return fail("E225",
                        std::max(found->place.line, first->place.line) == found->place.line ? found->place
                                                                                            : first->place,
                        fmt::format("'{}' and '{}' exclude each other", first->key, found->key));
        first = found;
    }
    if (first) return true;
    return fail("E224", node.place,
                fmt::format("exactly one of these is needed: {}", enumerate(split_words(row.one_of), "or")));
}

bool FieldChecker::object(YamlNode const& node, std::string_view name) {
    bool good = true;
    for (auto const& candidate : node.entries) good &= entry(candidate, name);
    for (auto const& field : fields_of(name))
        if (field.required && !node.find(field.key))
            good = fail("E202", node.place, fmt::format("key '{}' is missing", field.key),
                        fmt::format("{}: {}", field.key, field.doc));
    return one_of(node, object_row(name)) && good;
}

}  // namespace

bool check_type(YamlNode const& node, std::string_view type, Complaints& complaints) {
    return FieldChecker(complaints).value(node, type);
}

}  // namespace vethwork::topology
