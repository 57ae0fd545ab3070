// ip neighbour. Source: ip-neighbour(8).
#include <linux/neighbour.h>

#include <array>

#include <vethwork/observe/neighbours.hpp>
#include <vethwork/plan/neighbour_operation.hpp>
#include <vethwork/report/ip_neighbour.hpp>

#include "ip/address_selection.hpp"
#include "ip/flush.hpp"
#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

using topology::Neighbour;

enum class Purpose { show, flush };

/// Which neighbours show and flush are about.
struct Selection {
    std::optional<Family> family;
    std::optional<IpPrefix> prefix;
    std::string device;
    std::uint32_t states = 0;   ///< NUD_…
    bool stateless = false;     ///< those in no state too
    bool states_given = false;  ///< the first `nud` replaces the states of the verb
    bool unused = false;
    std::uint8_t protocol = 0;  ///< 0: any
    observe::NeighbourQuery query;
};

constexpr std::uint32_t all_states = 0xff;

Result<> take_states(plan::WordReader& words, Selection& wanted, Purpose purpose) {
    auto const word = TRY(words.value());
    if (!std::exchange(wanted.states_given, true)) {
        wanted.states = 0;
        wanted.stateless = false;
    }
    if (auto const state = plan::parse_neighbour_state(word)) {
        wanted.states |= *state;
        wanted.stateless |= *state == NUD_NONE;
    } else if (word == "all") {
        wanted.states |= purpose == Purpose::flush ? all_states & ~std::uint32_t{NUD_NOARP} : all_states;
        wanted.stateless = true;
    } else {
        return plan::wrong_argument("nud state is bad", word);
    }
    return {};
}

Result<> take_protocol(Session& session, plan::WordReader& words, Selection& wanted) {
    auto const word = TRY(words.value());
    auto const protocol = session.number_names().parse(topology::NameKind::route_protocol, word);
    if (!protocol && word != "all") return plan::wrong_argument("invalid \"protocol\"\n", word);
    wanted.protocol = static_cast<std::uint8_t>(protocol.value_or(0));
    return {};
}

Result<> take_prefix(plan::WordReader& words, Selection& wanted) {
    if (words.take_exact("to") && words.done()) return plan::incomplete_line();
    if (words.is_prefix("help")) return usage_error(std::string(plan::neighbour_usage()));
    wanted.prefix.reset();
    if (plan::is_any_word(words.peek())) {
        words.skip();
        return {};
    }
    auto const prefix = TRY(plan::read_prefix(words.take(), wanted.family));
    wanted.family = prefix.family();
    if (prefix.length > 0) wanted.prefix = prefix;
    return {};
}

Result<> take_word(Session& session, plan::WordReader& words, Selection& wanted, Purpose purpose) {
    auto& master = wanted.query.master_index;
    if (words.take_exact("dev")) {
        auto const name = TRY(words.value());
        if (!wanted.device.empty()) return plan::duplicate_argument("dev", name);
        wanted.device = name;
    } else if (words.take_exact("master")) {
        master = static_cast<std::int32_t>(TRY(read_master(session, words)).index);
    } else if (words.take_exact("vrf")) {
        master = static_cast<std::int32_t>(TRY(read_vrf(session, words)).index);
    } else if (words.take_exact("nomaster")) {
        master = -1;
    } else if (words.take_exact("unused")) {
        wanted.unused = true;
    } else if (words.take_exact("nud")) {
        return take_states(words, wanted, purpose);
    } else if (words.take_exact("proxy")) {
        wanted.query.table = observe::NeighbourTable::proxies;
    } else if (words.take_prefix("protocol")) {
        return take_protocol(session, words, wanted);
    } else {
        return take_prefix(words, wanted);
    }
    return {};
}

Result<Selection> read_selection(Session& session, plan::WordReader& words, Purpose purpose) {
    Selection wanted{.family = session.options().family};
    wanted.states = all_states & ~std::uint32_t{NUD_NOARP};
    if (purpose == Purpose::flush) {
        wanted.states &= ~std::uint32_t{NUD_PERMANENT};
        wanted.stateless = true;
    }
    while (!words.done()) TRY(take_word(session, words, wanted, purpose));
    wanted.query.family = wanted.family;
    if (!wanted.device.empty())
        wanted.query.link_index = TRY(TRY(session.settled_kernel())->resolver().index_of(wanted.device));
    return wanted;
}

/// Proxy entries and those that somebody else has learnt have no state to go by.
bool is_in_state(Neighbour const& neighbour, Selection const& wanted) {
    if (neighbour.flags & (NTF_PROXY | NTF_EXT_LEARNED)) return true;
    return neighbour.state == 0 ? wanted.stateless : (neighbour.state & wanted.states) != 0;
}

bool is_wanted(Neighbour const& neighbour, Selection const& wanted) {
    if (wanted.query.link_index != 0 && neighbour.link.index != wanted.query.link_index) return false;
    if (!is_in_state(neighbour, wanted)) return false;
    if (wanted.prefix && neighbour.address && !wanted.prefix->contains(*neighbour.address)) return false;
    if (wanted.protocol != 0 && neighbour.protocol.value_or(0) != wanted.protocol) return false;
    return !wanted.unused || !neighbour.times || neighbour.times->references == 0;
}

Result<std::vector<Neighbour>> find(Session& session, Selection const& wanted) {
    if (session.options().link_family) return std::vector<Neighbour>{};  // -0: no family of neighbours
    auto set = TRY(observe::neighbours(*TRY(session.connection()), wanted.query));
    if (set.interrupted) session.warn("Dump was interrupted and may be inconsistent.");
    std::erase_if(set.neighbours, [&](Neighbour const& one) { return !is_wanted(one, wanted); });
    return std::move(set.neighbours);
}

/// What a printer wants to know; with more than a few neighbours all links are learnt at once.
Result<report::IpDetails> details_for(Session& session, Selection const& wanted, std::size_t count) {
    constexpr std::size_t few = 2;
    auto details = session.details();
    details.filtered = wanted.query.link_index != 0;
    if (!details.filtered && count > few) TRY(session.names().learn_all());
    return details;
}

Result<int> show(Session& session, plan::WordReader& words) {
    auto const wanted = TRY(read_selection(session, words, Purpose::show));
    auto const neighbours = TRY(find(session, wanted));
    auto writer = session.writer();
    report::write_neighbours(writer, neighbours, TRY(details_for(session, wanted, neighbours.size())));
    session.print(writer.take());
    return 0;
}

Result<> remove(Session& session, std::vector<Neighbour> neighbours) {
    std::vector<plan::Operation> operations;
    for (auto& neighbour : neighbours) operations.push_back(plan::DeleteNeighbour{std::move(neighbour)});
    return remove_all(session, operations);
}

Result<int> flush(Session& session, plan::WordReader& words) {
    constexpr int most = 10;
    if (words.done()) return plan::refused("Flush requires arguments.");
    auto wanted = TRY(read_selection(session, words, Purpose::flush));
    for (int round = 0; round < most; ++round) {
        auto neighbours = TRY(find(session, wanted));
        if (neighbours.empty()) return tell_flushed(session, round);
        auto const count = neighbours.size();
        if (session.options().statistics > 1) {
            auto writer = session.text_writer();
            report::write_neighbours(writer, neighbours, TRY(details_for(session, wanted, count)));
            session.print(writer.take());
        }
        TRY(remove(session, std::move(neighbours)));
        tell_round(session, round + 1, count, "entries");
        // A deleted entry that somebody still holds stays on as a failed one.
        wanted.states &= ~std::uint32_t{NUD_FAILED};
    }
    session.print(fmt::format("*** Flush not complete bailing out after {} rounds\n", most));
    return 255;
}

Result<int> get(Session& session, plan::WordReader& words) {
    auto which = TRY(plan::parse_neighbour_get(words, session.options().family));
    auto* const connection = TRY(session.connection());
    TRY(TRY(session.settled_kernel())->resolver().resolve(which.link));
    auto const neighbour = TRY(observe::neighbour(*connection, which));
    auto writer = session.text_writer();
    report::write_neighbour(writer, neighbour, session.details());
    session.print(writer.take());
    return 0;
}

template <plan::PutMode Mode>
Result<int> put(Session& session, plan::WordReader& words) {
    TRY(session.perform(
        TRY(plan::parse_neighbour_put(words, Mode, session.options().family, session.number_names()))));
    return 0;
}

Result<int> remove(Session& session, plan::WordReader& words) {
    TRY(session.perform(
        TRY(plan::parse_neighbour_delete(words, session.options().family, session.number_names()))));
    return 0;
}

Result<int> help(Session&, plan::WordReader&) { return usage_error(std::string(plan::neighbour_usage())); }

constexpr std::array commands{
    IpCommand{"add", put<plan::PutMode::add>},
    IpCommand{"change", put<plan::PutMode::change>},
    IpCommand{"chg", put<plan::PutMode::change>},
    IpCommand{"replace", put<plan::PutMode::replace>},
    IpCommand{"delete", remove},
    IpCommand{"get", get},
    IpCommand{"show", show},
    IpCommand{"lst", show},
    IpCommand{"list", show},
    IpCommand{"flush", flush},
    IpCommand{"help", help},
};

}  // namespace

Result<int> run_ip_neighbour(Session& session, plan::WordReader& words) {
    if (words.done()) return show(session, words);
    return run_command(session, words, "neigh", commands);
}

}  // namespace vethwork::app
