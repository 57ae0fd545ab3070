#include <vethwork/diagnose/judge.hpp>

#include <algorithm>

namespace vethwork::diagnose {

namespace {

bool is_at(Sighting const& sighting, Crossing const& crossing) {
    return sighting.index == crossing.index && sighting.way == crossing.way && !sighting.for_others &&
           sighting.site->name() == crossing.netns;
}

bool asks_for(Sighting const& sighting, std::vector<IpAddress> const& asked) {
    return sighting.kind == Sighting::Kind::question && sighting.target &&
           std::ranges::find(asked, *sighting.target) != asked.end();
}

/// Findings that the packet or a neighbour's question has passed unharmed are none.
bool is_open(Finding const& finding, std::size_t place, Progress const& progress) {
    if (progress.packet && place < *progress.packet && !finding.misleads) return false;
    return !finding.stops_everything || !progress.question || place > *progress.question;
}

/// The first place behind the last sighting at which the packet should have been seen, and was not.
std::size_t end_of_gap(Story const& story, Progress const& progress) {
    std::size_t from = progress.packet ? *progress.packet + 1 : 0;
    if (progress.question) from = std::max(from, *progress.question + 1);
    for (std::size_t i = from; i < story.track.size(); ++i)
        if (std::holds_alternative<Crossing>(story.track[i])) return i;
    return story.track.size();
}

}  // namespace

Story story_of(Track forward, Track back) {
    Story story{std::move(forward), 0, {}, {}};
    story.boundary = story.track.size();
    story.track.insert(story.track.end(), std::make_move_iterator(back.begin()),
                       std::make_move_iterator(back.end()));
    return story;
}

bool Progress::arrived(Story const& story) const {
    if (!packet) return false;
    for (std::size_t i = story.boundary; i-- > 0;)
        if (std::holds_alternative<Crossing>(story.track[i])) return *packet >= i;
    return true;
}

Progress progress_of(Story const& story, std::vector<Sighting> const& sightings, bool replies) {
    Progress progress;
    progress.seen.resize(story.track.size());
    for (std::size_t i = 0; i < story.track.size(); ++i) {
        auto const* const crossing = std::get_if<Crossing>(&story.track[i]);
        if (!crossing) continue;
        bool const there = i < story.boundary;
        if (!there && !replies) break;
        auto const wanted = there ? Sighting::Kind::request : Sighting::Kind::reply;
        for (auto const& sighting : sightings) {
            if (!is_at(sighting, *crossing)) continue;
            if (sighting.kind == wanted) {
                progress.seen[i] = true;
                progress.packet = i;
            } else if (asks_for(sighting, there ? story.asked_there : story.asked_back)) {
                progress.question = i;
            }
        }
    }
    if (progress.packet && progress.question && *progress.question <= *progress.packet)
        progress.question.reset();
    return progress;
}

std::optional<std::size_t> culprit(Story const& story, Progress const& progress) {
    auto const gap = end_of_gap(story, progress);
    std::optional<std::size_t> uncertain;
    for (std::size_t i = 0; i < story.track.size(); ++i) {
        auto const* const finding = std::get_if<Finding>(&story.track[i]);
        if (!finding || !is_open(*finding, i, progress)) continue;
        if (finding->certain_loss && (i <= gap || !uncertain)) return i;
        if (!uncertain) uncertain = i;
    }
    return uncertain;
}

std::optional<std::size_t> what_may_lose(Story const& story) {
    for (std::size_t i = 0; i < story.track.size(); ++i)
        if (auto const* const finding = std::get_if<Finding>(&story.track[i]);
            finding && !finding->certain_loss)
            return i;
    return {};
}

std::vector<Finding> others_behind(Story const& story, std::size_t culprit) {
    std::vector<Finding> others;
    for (std::size_t i = culprit + 1; i < story.track.size(); ++i)
        if (auto const* const finding = std::get_if<Finding>(&story.track[i]);
            finding && finding->certain_loss) {
            auto const same = [finding](Finding const& one) {
                return one.cause == finding->cause && one.netns == finding->netns;
            };
            if (!same(std::get<Finding>(story.track[culprit])) && std::ranges::none_of(others, same))
                others.push_back(*finding);
        }
    return others;
}

}  // namespace vethwork::diagnose
