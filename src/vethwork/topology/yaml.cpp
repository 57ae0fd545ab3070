#include <vethwork/topology/yaml.hpp>

#include <libfyaml.h>

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/yaml_scalar.hpp>

namespace vethwork::topology {

namespace {

struct Delete {
    void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
    void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};

/// Turns the parser's events into nodes. Stops at the first error: what follows it would be guesses.
class YamlBuilder {
public:
    YamlBuilder(Sources const& sources, std::uint16_t file, Complaints& complaints)
        : sources_(sources), file_(file), complaints_(complaints) {}

    std::optional<YamlNode> build();

private:
    struct Event {
        fy_parser* parser;
        fy_event* event;
        Event(fy_parser* from, fy_event* what) : parser(from), event(what) {}
        Event(Event const&) = delete;
        Event& operator=(Event const&) = delete;
        ~Event() {
            if (event) fy_parser_event_free(parser, event);
        }
    };

    bool fail(std::string_view code, Place const& place, std::string message, std::string hint = {}) {
        complaints_.error(code, place, std::move(message), std::move(hint));
        return false;
    }
    bool is_text();
    bool open();
    bool fail_as_parser();
    [[nodiscard]] bool tab_indents(std::uint32_t line) const;
    [[nodiscard]] Place place_of(fy_token* token) const;
    fy_event* next() { return fy_parser_parse(parser_.get()); }

    bool read_document(YamlNode& root);
    bool read_value(fy_event* event, YamlNode& node, std::size_t depth);
    bool read_scalar(fy_event* event, YamlNode& node);
    void include_quotes(YamlNode& node, char quote) const;
    bool read_list(YamlNode& node, std::size_t depth);
    bool read_map(YamlNode& node, std::size_t depth);
    bool read_key(fy_event* event, YamlNode& node, std::map<std::string, Place, std::less<>>& seen);
    bool read_alias(fy_event* event, YamlNode& node, std::size_t depth);
    bool refuse_tag(fy_token* tag);
    bool keep_anchor(fy_token* anchor, YamlNode const& node);
    static std::string text_of(fy_token* token);
    [[nodiscard]] std::string_view raw_text(fy_token* token) const;
    [[nodiscard]] std::string_view header_of_block(fy_token* token) const;
    [[nodiscard]] std::optional<std::string> text_of_scalar(fy_token* token) const;

    Sources const& sources_;
    std::uint16_t file_;
    Complaints& complaints_;
    std::unique_ptr<fy_diag, Delete> diag_;
    std::unique_ptr<fy_parser, Delete> parser_;
    struct Anchor {
        YamlNode node;
        std::size_t nodes, depth;
    };
    std::map<std::string, Anchor, std::less<>> anchors_;
    std::size_t nodes_ = 0;
};

/// The bytes of the character that begins at `text[0]`, 0 where it is none (RFC 3629) or not printable.
std::size_t character_size(std::string_view text) {
    auto const first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return first >= 0x20 || first == '\n' || first == '\r' || first == '\t' ? 1 : 0;
    std::size_t const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    std::uint32_t code = first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        auto const next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0) != 0x80) return 0;
        code = code << 6 | (next & 0x3f);
    }
    constexpr std::uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
    bool const surrogate = code >= 0xd800 && code < 0xe000;
    return code < least[size] || surrogate || code > 0x10ffff ? 0 : size;
}

bool YamlBuilder::is_text() {
    std::string_view rest = sources_.text(file_);
    if (rest.size() > most_yaml_bytes)
        return fail("E107", {file_, 0, 0, 0},
                    fmt::format("the file is larger than {} MiB", most_yaml_bytes >> 20));
    Place place{file_, 1, 1, 1};
    while (!rest.empty()) {
        auto const size = character_size(rest);
        if (size == 0)
            return fail("E109", place,
                        fmt::format("byte 0x{:02x} is no text", static_cast<unsigned char>(rest[0])),
                        "write the file in UTF-8, without control characters");
        place.column = rest[0] == '\n' ? 1 : place.column + 1;
        place.line += rest[0] == '\n';
        rest.remove_prefix(size);
    }
    return true;
}

bool YamlBuilder::open() {
    fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = nullptr;
    diag_config.colorize = false;
    diag_.reset(fy_diag_create(&diag_config));
    if (!diag_) return fail("E101", {file_, 0, 0, 0}, "no memory for a YAML parser");
    fy_diag_set_collect_errors(diag_.get(), true);
    fy_parse_cfg config{};
    config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG |
                                                   FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE);
    config.diag = diag_.get();
    parser_.reset(fy_parser_create(&config));
    std::string const& text = sources_.text(file_);
    if (!parser_ || fy_parser_set_string(parser_.get(), text.data(), text.size()) != 0)
        return fail("E101", {file_, 0, 0, 0}, "no memory for a YAML parser");
    return true;
}

bool YamlBuilder::tab_indents(std::uint32_t line) const {
    auto const text = sources_.line(file_, line);
    return text.substr(0, text.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

bool YamlBuilder::fail_as_parser() {
    void* at = nullptr;
    fy_diag_error const* error = fy_diag_errors_iterate(diag_.get(), &at);
    if (!error) return fail("E101", {file_, 0, 0, 0}, "this is no YAML");
    Place place{file_, static_cast<std::uint32_t>(std::max(error->line, 1)),
                static_cast<std::uint32_t>(std::max(error->column, 1)), 1};
    if (tab_indents(place.line)) {
        place.column = static_cast<std::uint32_t>(sources_.line(file_, place.line).find('\t')) + 1;
        return fail("E103", place, "a tab indents this line",
                    "indent with spaces: YAML allows no tabs there");
    }
    auto const line = sources_.line(file_, place.line);
    std::string hint;
    if (line.find("${") != std::string_view::npos)
        hint = "write $(x) instead of ${x}, which begins a map in YAML";
    else if (line.find(": *") != std::string_view::npos || line.find("[*") != std::string_view::npos)
        hint = "a text that begins with * needs quotes: \"*\"";
    return fail("E101", place, fmt::format("this is no YAML: {}", error->msg ? error->msg : "syntax"),
                std::move(hint));
}

Place YamlBuilder::place_of(fy_token* token) const {
    fy_mark const* const start = token ? fy_token_start_mark(token) : nullptr;
    if (!start) return {file_, 0, 0, 0};
    Place place{file_, static_cast<std::uint32_t>(start->line + 1),
                static_cast<std::uint32_t>(start->column + 1), 1};
    fy_mark const* const end = fy_token_end_mark(token);
    if (end && end->line == start->line && end->column > start->column)
        place.width = static_cast<std::uint32_t>(end->column - start->column);
    return place;
}

std::string YamlBuilder::text_of(fy_token* token) {
    std::size_t size = 0;
    char const* const text = token ? fy_token_get_text(token, &size) : nullptr;
    return text ? std::string(text, size) : std::string{};
}

/// The characters between a scalar's marks: without quotes, below a block's header.
std::string_view YamlBuilder::raw_text(fy_token* token) const {
    std::string_view const file = sources_.text(file_);
    auto const* const start = fy_token_start_mark(token);
    auto const* const end = fy_token_end_mark(token);
    if (!start || !end || start->input_pos > end->input_pos || end->input_pos > file.size()) return {};
    return file.substr(start->input_pos, end->input_pos - start->input_pos);
}

/// `>-` of the line above a block's content.
std::string_view YamlBuilder::header_of_block(fy_token* token) const {
    auto const* const start = fy_token_start_mark(token);
    auto const line = start && start->line > 0 ? sources_.line(file_, static_cast<std::uint32_t>(start->line))
                                               : std::string_view{};
    for (auto at = line.find('>'); at != std::string_view::npos; at = line.find('>', at + 1)) {
        auto const header = line.substr(at, line.find_first_of(" \t\r", at) - at);
        auto const after = trim(line.substr(at + header.size()));
        bool const apart = at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t';
        if (apart && (after.empty() || after[0] == '#')) return header;
    }
    return {};
}

std::optional<std::string> YamlBuilder::text_of_scalar(fy_token* token) const {
    switch (fy_token_scalar_style(token)) {
        case FYSS_SINGLE_QUOTED:
            return single_quoted_text(raw_text(token));
        case FYSS_DOUBLE_QUOTED:
            return double_quoted_text(raw_text(token));
        case FYSS_FOLDED:
            if (auto text = folded_text(header_of_block(token), raw_text(token))) return text;
            return text_of(token);
        default:
            return text_of(token);
    }
}

bool YamlBuilder::refuse_tag(fy_token* tag) {
    if (!tag) return true;
    return fail("E110", place_of(tag), fmt::format("tags as {} have no meaning here", text_of(tag)),
                "remove it; a text that begins with ! needs quotes");
}

std::size_t depth_of(YamlNode const& node) {
    std::size_t depth = 0;
    for (auto const& item : node.items) depth = std::max(depth, depth_of(item));
    for (auto const& entry : node.entries) depth = std::max(depth, depth_of(entry.value));
    return depth + 1;
}

std::size_t count_nodes(YamlNode const& node) {
    std::size_t count = 1;
    for (auto const& item : node.items) count += count_nodes(item);
    for (auto const& entry : node.entries) count += count_nodes(entry.value);
    return count;
}

bool YamlBuilder::keep_anchor(fy_token* anchor, YamlNode const& node) {
    if (!anchor) return true;
    auto const count = count_nodes(node);
    nodes_ += count;
    if (nodes_ > most_yaml_nodes)
        return fail("E105", place_of(anchor), "anchors and aliases make too much of this file");
    anchors_.insert_or_assign(text_of(anchor), Anchor{node, count, depth_of(node)});
    return true;
}

bool YamlBuilder::read_alias(fy_event* event, YamlNode& node, std::size_t depth) {
    fy_token* const token = event->alias.anchor;
    auto const name = text_of(token);
    auto const found = anchors_.find(name);
    if (found == anchors_.end()) {
        std::vector<std::string_view> names;
        for (auto const& [known, anchor] : anchors_) names.push_back(known);
        auto hint = did_you_mean(name, names);
        if (hint.empty()) hint = "a text that begins with * needs quotes";
        return fail("E105", place_of(token), fmt::format("there is no anchor &{} above", name),
                    std::move(hint));
    }
    nodes_ += found->second.nodes;
    if (nodes_ > most_yaml_nodes)
        return fail("E105", place_of(token), "anchors and aliases make too much of this file");
    if (depth + found->second.depth > most_yaml_depth)
        return fail("E106", place_of(token),
                    fmt::format("this is nested deeper than {} levels", most_yaml_depth));
    node = found->second.node;
    return true;
}

/// The parser marks what is between the quotes; a reader looks at the quotes too.
void YamlBuilder::include_quotes(YamlNode& node, char quote) const {
    auto const line = sources_.line(file_, node.place.line);
    auto const at = node.place.column - 1;
    node.place.width = 1;
    bool const ascii = line.size() == count_characters(line);
    if (!ascii || at == 0 || at >= line.size()) return;
    auto const begin = line[at] == quote ? at : at - 1;
    if (line[begin] != quote) return;
    node.place.column = static_cast<std::uint32_t>(begin + 1);
    auto const whole = fmt::format("{0}{1}{0}", quote, node.text);
    if (line.substr(begin).starts_with(whole)) node.place.width = static_cast<std::uint32_t>(whole.size());
}

bool YamlBuilder::read_scalar(fy_event* event, YamlNode& node) {
    auto const& scalar = event->scalar;
    if (!refuse_tag(scalar.tag)) return false;
    auto text = text_of_scalar(scalar.value);
    if (!text)
        return fail("E101", place_of(scalar.value), "a \\ here begins no character",
                    "write \\\\ for a backslash");
    node.text = std::move(*text);
    if (node.text.find('\0') != std::string::npos)
        return fail("E109", place_of(scalar.value), "this text holds a zero byte");
    auto const style = fy_token_scalar_style(scalar.value);
    node.quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    node.block = style == FYSS_LITERAL || style == FYSS_FOLDED;
    bool const null = style == FYSS_PLAIN && (node.text.empty() || node.text == "~" || node.text == "null");
    node.kind = null ? YamlKind::empty : YamlKind::scalar;
    Place const place = place_of(scalar.value);
    if (place.line != 0) {
        node.place = place;
        if (node.quoted) include_quotes(node, style == FYSS_SINGLE_QUOTED ? '\'' : '"');
    }
    return keep_anchor(scalar.anchor, node);
}

bool YamlBuilder::read_list(YamlNode& node, std::size_t depth) {
    node.kind = YamlKind::list;
    for (;;) {
        Event const event(parser_.get(), next());
        if (!event.event) return fail_as_parser();
        if (event.event->type == FYET_SEQUENCE_END) return true;
        node.items.emplace_back().place = node.place;
        if (!read_value(event.event, node.items.back(), depth + 1)) return false;
    }
}

bool YamlBuilder::read_key(fy_event* event, YamlNode& node, std::map<std::string, Place, std::less<>>& seen) {
    if (event->type != FYET_SCALAR)
        return fail("E111", node.place, "a key of this map is no text",
                    "quote a key that begins with [, {, * or &");
    YamlNode key;
    key.place = node.place;
    if (!read_scalar(event, key)) return false;
    if (key.text == "<<" && !key.quoted)
        return fail("E110", key.place, "merge keys (<<) have no meaning here", "use 'templates' and 'use'");
    auto const [earlier, fresh] = seen.emplace(key.text, key.place);
    if (!fresh)
        return fail("E102", key.place, fmt::format("key '{}' is here twice", key.text),
                    fmt::format("the first is on line {}", earlier->second.line));
    node.entries.push_back({std::move(key.text), key.place, {}});
    node.entries.back().value.place = key.place;
    return true;
}

bool YamlBuilder::read_map(YamlNode& node, std::size_t depth) {
    node.kind = YamlKind::map;
    std::map<std::string, Place, std::less<>> seen;
    for (;;) {
        {
            Event const key(parser_.get(), next());
            if (!key.event) return fail_as_parser();
            if (key.event->type == FYET_MAPPING_END) return true;
            if (!read_key(key.event, node, seen)) return false;
        }
        Event const value(parser_.get(), next());
        if (!value.event) return fail_as_parser();
        if (!read_value(value.event, node.entries.back().value, depth + 1)) return false;
    }
}

bool YamlBuilder::read_value(fy_event* event, YamlNode& node, std::size_t depth) {
    if (++nodes_ > most_yaml_nodes)
        return fail("E107", node.place, fmt::format("the file has more than {} values", most_yaml_nodes));
    if (depth > most_yaml_depth)
        return fail("E106", node.place, fmt::format("this is nested deeper than {} levels", most_yaml_depth));
    switch (event->type) {
        case FYET_SCALAR:
            return read_scalar(event, node);
        case FYET_ALIAS:
            return read_alias(event, node, depth);
        case FYET_SEQUENCE_START: {
            auto const& start = event->sequence_start;
            if (auto const place = place_of(start.sequence_start); place.line != 0) node.place = place;
            return refuse_tag(start.tag) && read_list(node, depth) && keep_anchor(start.anchor, node);
        }
        case FYET_MAPPING_START: {
            auto const& start = event->mapping_start;
            if (auto const place = place_of(start.mapping_start); place.line != 0) node.place = place;
            return refuse_tag(start.tag) && read_map(node, depth) && keep_anchor(start.anchor, node);
        }
        default:
            return fail("E101", node.place, "this is no YAML");
    }
}

bool YamlBuilder::read_document(YamlNode& root) {
    bool seen = false;
    for (;;) {
        Event const event(parser_.get(), next());
        if (!event.event) return fail_as_parser();
        auto const type = event.event->type;
        if (type == FYET_STREAM_END)
            return seen || fail("E108", {file_, 0, 0, 0}, "the file is empty", "begin it with 'vethwork: 1'");
        if (type == FYET_STREAM_START || type == FYET_DOCUMENT_END) continue;
        if (type != FYET_DOCUMENT_START) return fail_as_parser();
        if (seen) {
            Place place = place_of(event.event->document_start.document_start);
            return fail("E104", place, "a second document begins here",
                        "a lab is one document: remove the ---");
        }
        seen = true;
        Event const first(parser_.get(), next());
        if (!first.event) return fail_as_parser();
        root.place = {file_, 1, 1, 1};
        if (!read_value(first.event, root, 0)) return false;
    }
}

std::optional<YamlNode> YamlBuilder::build() {
    YamlNode root;
    if (!is_text() || !open() || !read_document(root)) return {};
    return root;
}

}  // namespace

YamlNode const* YamlNode::find(std::string_view key) const {
    auto const* const found = entry(key);
    return found ? &found->value : nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
    for (auto& candidate : entries)
        if (candidate.key == key) return &candidate.value;
    return nullptr;
}

YamlEntry const* YamlNode::entry(std::string_view key) const {
    for (auto const& candidate : entries)
        if (candidate.key == key) return &candidate;
    return nullptr;
}

std::optional<YamlNode> parse_yaml(Sources const& sources, std::uint16_t file, Complaints& complaints) {
    return YamlBuilder(sources, file, complaints).build();
}

std::string_view describe(YamlKind kind) {
    switch (kind) {
        case YamlKind::empty:
            return "nothing";
        case YamlKind::scalar:
            return "a text";
        case YamlKind::list:
            return "a list";
        case YamlKind::map:
            return "a map";
    }
    return "nothing";
}

}  // namespace vethwork::topology
