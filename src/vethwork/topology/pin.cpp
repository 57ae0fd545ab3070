#include <vethwork/topology/pin.hpp>

#include <algorithm>
#include <map>
#include <optional>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/yaml_places.hpp>
#include <vethwork/topology/yaml_text.hpp>

namespace vethwork::topology {

namespace {

/// What is to be put in place of the bytes from `begin` to `end`.
struct Edit {
    std::size_t begin = 0, end = 0;
    std::string text;
};

using Ends = std::vector<LabEnd const*>;
using Links = std::vector<LabLink const*>;
template <class T>
using ByPlace = std::map<std::pair<std::uint32_t, std::uint32_t>, T>;

class Pinner {
public:
    Pinner(Lab const& lab, PinAddresses which)
        : lab_(lab), which_(which), text_(lab.sources.text(0)), places_(text_) {}

    Pinned run() {
        ByPlace<Links> written;
        for (auto const& link : lab_.links)
            if (link.place.file == 0 && link.place.line > 0)
                written[{link.place.line, link.place.column}].push_back(&link);
        for (auto const& [place, links] : written)
            if (is_pattern(links))
                pin_pattern(links);
            else
                pin_link(*links[0]);
        pinned_.text = text_;
        std::ranges::sort(edits_, {}, &Edit::begin);
        for (auto edit = edits_.rbegin(); edit != edits_.rend(); ++edit)
            pinned_.text.replace(edit->begin, edit->end - edit->begin, edit->text);
        return std::move(pinned_);
    }

private:
    [[nodiscard]] bool is_automatic(LabEnd const& end) const {
        return !automatic_items(lab_, end, which_).empty();
    }
    [[nodiscard]] static bool is_of_main_file(LabEnd const& end) {
        return end.place.file == 0 && end.place.line > 0;
    }

    /// Whether one item of `links` stands for several links, or for one that an expression names.
    [[nodiscard]] bool is_pattern(Links const& links) const {
        if (links.size() > 1) return true;
        return std::ranges::any_of(links[0]->ends, [this](LabEnd const& end) {
            auto const begin = is_of_main_file(end) ? places_.offset_of(end.place) : YamlPlaces::npos;
            if (begin == YamlPlaces::npos) return false;
            return text_.substr(begin, places_.end_of_word(begin) - begin).find("$(") != std::string::npos;
        });
    }

    void pin_pattern(Links const& links) {
        std::size_t automatic = 0, all = 0;
        for (auto const* const link : links)
            for (auto const& end : link->ends) {
                automatic += is_automatic(end) ? 1 : 0;
                ++all;
            }
        if (automatic == 0) return;
        auto const begin = places_.offset_of(links[0]->place);
        auto const end = begin == YamlPlaces::npos ? begin : places_.end_of_item(begin);
        if (end == YamlPlaces::npos) return pinned_.left.push_back(links[0]->place);
        std::vector<std::string> items;
        for (auto const* const link : links) items.push_back(link_yaml(lab_, *link, which_));
        edits_.push_back({begin, end, join(items, separator_at(begin)) + comments_within(begin, end)});
        pinned_.ends += all;
    }

    void pin_link(LabLink const& link) {
        ByPlace<Ends> written;
        for (auto const& end : link.ends)
            if (is_of_main_file(end)) written[{end.place.line, end.place.column}].push_back(&end);
        for (auto const& [place, ends] : written) {
            if (std::ranges::none_of(ends, [this](auto const* end) { return is_automatic(*end); })) continue;
            if (auto edit = edit_of(ends)) {
                edits_.push_back(std::move(*edit));
                pinned_.ends += ends.size();
            } else {
                pinned_.left.push_back(ends[0]->place);
            }
        }
    }

    /// Of the ends that one text stands for, nothing where they cannot be written there.
    [[nodiscard]] std::optional<Edit> edit_of(Ends const& ends) const {
        auto const begin = places_.offset_of(ends[0]->place);
        if (begin == YamlPlaces::npos) return {};
        if (is_value_of_node(begin)) return edit_of_maps(ends, begin);
        if (ends[0]->place.width == 0) return {};
        std::vector<std::string> texts;
        for (auto const* const end : ends) texts.push_back(end_yaml(lab_, *end, which_));
        return Edit{begin, places_.end_of_word(begin), join(texts, separator_at(begin))};
    }

    /// The long form of an end, { node: X, … }: its place is that of X. What is written in it stays.
    [[nodiscard]] std::optional<Edit> edit_of_maps(Ends const& ends, std::size_t begin) const {
        auto const open = places_.begin_of_map(begin);
        auto const close = open == YamlPlaces::npos ? open : places_.end_of_map(open);
        if (close == YamlPlaces::npos) return {};
        auto const last = text_.find_last_not_of(" \n", close - 1) + 1;
        auto const after = places_.end_of_word(begin);
        std::vector<std::string> texts;
        for (auto const* const end : ends) {
            auto text = text_.substr(open, begin - open) + yaml_scalar(lab_.nodes[end->node].name) +
                        text_.substr(after, last - after);
            for (auto const& item : automatic_items(lab_, *end, which_)) text += ", " + item;
            texts.push_back(text + text_.substr(last, close + 1 - last));
        }
        return Edit{open, close + 1, join(texts, separator_at(open))};
    }

    [[nodiscard]] bool is_value_of_node(std::size_t begin) const {
        return trim(std::string_view(text_).substr(0, begin)).ends_with("node:");
    }

    /// Between two items where one was.
    [[nodiscard]] std::string separator_at(std::size_t begin) const {
        auto const dash = places_.dash_before(begin);
        return dash == YamlPlaces::npos ? ", " : "\n" + std::string(dash, ' ') + "- ";
    }

    /// The comments of what is replaced, below what replaces it.
    [[nodiscard]] std::string comments_within(std::size_t begin, std::size_t end) const {
        std::string comments;
        auto const dash = places_.dash_before(begin);
        if (dash == YamlPlaces::npos) return comments;
        for (auto const line : split(std::string_view(text_).substr(begin, end - begin), '\n')) {
            auto const at = line.find("# ");
            if (at != std::string_view::npos && (at == 0 || line[at - 1] == ' '))
                comments += "\n" + std::string(dash, ' ') + std::string(line.substr(at));
        }
        return comments;
    }

    Lab const& lab_;
    PinAddresses which_;
    std::string const& text_;
    YamlPlaces places_;
    std::vector<Edit> edits_;
    Pinned pinned_;
};

}  // namespace

Pinned pin(Lab const& lab, PinAddresses which) { return Pinner(lab, which).run(); }

}  // namespace vethwork::topology
