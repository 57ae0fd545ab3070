#include <vethwork/plan/neighbour_operation.hpp>

#include <linux/neighbour.h>

namespace vethwork::plan {

namespace {

using topology::Neighbour;

std::string text_of(Neighbour const& neighbour) {
    auto const address = neighbour.address ? neighbour.address->to_string() : std::string("?");
    return neighbour.flags & NTF_PROXY ? "proxy " + address : address;
}

/// The words behind the verb. A state and flags always tell themselves, since `permanent` is what words mean
/// that do not.
std::vector<std::string> neighbour_words(Neighbour const& neighbour) {
    std::vector<std::string> words;
    auto const add = [&words](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
    if (neighbour.flags & NTF_PROXY) add({"proxy"});
    if (neighbour.address) add({neighbour.address->to_string()});
    if (neighbour.link_address) add({"lladdr", neighbour.link_address->to_string()});
    if (neighbour.flags & NTF_ROUTER) add({"router"});
    if (neighbour.flags & NTF_USE) add({"use"});
    if (neighbour.flags & NTF_EXT_LEARNED) add({"extern_learn"});
    if (neighbour.extended_flags && *neighbour.extended_flags & NTF_EXT_MANAGED) add({"managed"});
    if (neighbour.state != NUD_PERMANENT) add({"nud", std::to_string(neighbour.state)});
    if (neighbour.protocol) add({"protocol", std::to_string(*neighbour.protocol)});
    if (!neighbour.link.name.empty()) add({"dev", neighbour.link.name});
    return words;
}

std::string describe_as(std::string_view verb, Neighbour const& neighbour) {
    return fmt::format("{} neighbour {} on \"{}\"", verb, text_of(neighbour), neighbour.link.name);
}

}  // namespace

std::string PutNeighbour::describe() const { return describe_as(put_word(mode), neighbour); }
std::string DeleteNeighbour::describe() const { return describe_as("delete", neighbour); }

std::vector<std::string> PutNeighbour::words() const {
    auto words = neighbour_words(neighbour);
    words.insert(words.begin(), {"neighbour", std::string(put_word(mode))});
    return words;
}

std::vector<std::string> DeleteNeighbour::words() const {
    auto words = neighbour_words(neighbour);
    words.insert(words.begin(), {"neighbour", "delete"});
    return words;
}

std::optional<DeleteNeighbour> PutNeighbour::inverse() const {
    if (mode != PutMode::add) return {};
    Neighbour same;
    same.link = neighbour.link;
    same.address = neighbour.address;
    same.state = NUD_PERMANENT;
    same.flags = neighbour.flags & NTF_PROXY;
    return DeleteNeighbour{std::move(same)};
}

}  // namespace vethwork::plan
