// Run: one run of one sync. execute() reads as the list of its passes; run_read.cpp holds what happens to a page of records,
// run_apply.cpp what happens once the list is complete. A rollback has no list: its passes are in run_rollback.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/engine.h"
#include "engine/passes/guards.h"
#include "engine/passes/rollback.h"
#include "engine/passes/tally.h"
#include "engine/sides/account.h"
#include "engine/sides/contested.h"
#include "engine/sides/counterparts.h"
#include "engine/sides/exchanged_columns.h"
#include "engine/sides/facts.h"
#include "engine/sides/fault.h"
#include "engine/sides/former_columns.h"
#include "engine/sides/host.h"
#include "engine/sides/item.h"
#include "engine/sides/like_ids.h"
#include "engine/sides/local.h"
#include "engine/sides/lookalikes.h"
#include "engine/sides/marker.h"
#include "engine/sides/moved_rows.h"
#include "engine/sides/natural_key.h"
#include "engine/sides/neighbours.h"
#include "engine/sides/reader.h"
#include "engine/sides/rejections.h"
#include "engine/sides/secrets.h"
#include "engine/sides/shaper.h"
#include "engine/sides/target.h"
#include "engine/write/chronicle.h"
#include "engine/write/courier.h"
#include "engine/write/foresight.h"
#include "engine/write/outgoing.h"
#include "engine/write/spool.h"
#include "engine/write/writer.h"
#include "format/peek.h"
#include "sdk/call.h"

namespace lockstep {

/// A record whose fate hangs on other rows.
struct Undecided {
  std::string id, label, key;
  std::size_t sighting;
  std::vector<RecordChange> changes;
};

/// So many items are matched, mapped, decided and written at a time.
inline constexpr std::size_t kChunk = 128;

class Run {
 public:
  Run(const Clock& clock, std::stop_token stop, Sync& sync, const RunOptions& options, Observer& observer);
  ~Run();
  SyncReport execute();

 private:
  // The passes, in their order.
  void start_reading();
  void take_lease();
  void know_state();
  void scan_local_rows();
  void read_remote();
  void conclude_missing();
  void check_guards();
  void apply_waiting();
  void close_conflicts_of_the_gone();
  void count_awaiting();
  void close_rejections_of_the_gone();
  void close();

  void prepare_tables();
  void look_at_table();
  void tell_unusable_rows();
  void prepare_events();
  void find_owner();
  void fail(const Error& failure);
  void keep_what_is_done();
  bool attempt(const Item& item, const std::function<void()>& work);
  bool spare(const Item& item, const std::function<void()>& work);
  void cost(const Item& item, const Error& fault);
  bool about_one_record() const { return options_.resolution || options_.open_create; }
  RunEntry run_entry() const;
  std::uint64_t seed() const;
  bool whole() const { return options_.ids.empty() && options_.rows.empty() && !options_.owner && !options_.open_create; }
  void check_stop() const;

  // Columns that came, went or bear another name: run_columns.cpp
  void compare_columns();
  void compare_columns_of_rows();
  void agree_under(RuleSets sets);
  std::int64_t know_present_rules(RuleSets sets);
  /// Former name in lower case → present one.
  using ColumnNames = std::map<std::string, std::string>;
  void change_sets(RuleSets& sets, const std::function<bool(Json&)>& change, const ColumnNames& renamed = {});
  RuleSets in_use(const RuleSets& sets) const;
  std::vector<FormerColumn> find_former_columns(const Json& met, const RuleSets& sets);
  void take_on_former_columns(const Json& met, RuleSets& sets);
  void compare_cells(std::vector<FormerColumn>& columns, const RuleSets& sets);
  using CompareRow = std::function<void(const Link&, const Base&, std::span<const CellPrint> now)>;
  void compare_linked_rows(const std::set<std::int64_t>& sets, const CompareRow& compare);
  void compare_linked_rows(std::span<const std::size_t> links, const CompareRow& compare);
  void forget_lost_columns(const Json& met, RuleSets& sets);
  std::string resolved_column() const;

  // Columns whose names were given to others: run_exchanged.cpp
  void follow_exchanged_columns(RuleSets& sets);
  Micros concluded_at() const;
  void compare_cells(std::vector<Exchange>& found, const RuleSets& sets);

  // What would change too much at once: run_guards.cpp
  bool is_mass(std::uint64_t part, std::uint64_t whole) const;
  void count_waiting(const Item& item);
  void count_waiting(const Item& item, const Decision& decision, Guards& guards);
  std::optional<Instants> instants_of(const Item& item, const Decision& decision);
  std::uint64_t items_that_may_change() const;
  std::uint64_t changed_since(Micros instant);
  std::optional<std::string> stopped_by(const Guards& guards, std::uint64_t remote);
  std::optional<Error> refusal_of(const Guards& guards);
  bool may_send(const Item& item);

  // Whose items these are: run_account.cpp
  void know_accounts();
  void check_accounts(const Batch& batch);
  void check_address();
  bool is_known(const ReadRecord& record) const;
  std::size_t links_present() const;
  void take_account(Item& item);
  void remember_accounts();

  // A page of records: run_read.cpp
  void work_on(Batch& batch);
  bool pass_unchanged(const ReadRecord& record);
  bool in_scope(const Item& item) const;
  Item item_of(const ReadRecord& record);
  void process(std::vector<Item> items);
  bool fetch_again(Item& item);
  bool shape(Item& item);

  // What a document lacks: run_partial.cpp
  void replace_document(Item& item, std::string_view text);
  std::string names_of(const std::vector<std::size_t>& ordinals) const;
  bool complete(Item& item);
  bool compare_with_own(Item& item, const Json& listed, const Json& own, const Json& known, const std::vector<std::size_t>& lost);
  bool complete_own(Item& item, const Json& own, const Json& known, std::vector<std::size_t> lost);
  bool are_gone(Item& item, const Json& listed, const Json& known, const std::vector<std::size_t>& lost);
  bool keep_known(Item& item, const Json& now, Json known, std::vector<std::size_t> lost);
  std::string part_of(const Item& item) const;
  std::vector<std::string> take_document(Item& item, const std::string& answer);
  void take_told(Item& item, const std::string& answer, const Json& sent);
  bool was_shown(const Item& item, const Json& body, const std::vector<std::string>& lost);

  void warn_of_unread(const Item& item, const std::vector<FieldProblem>& unread);
  void know_references(std::span<Item> items);
  void know_unlinked_rows();
  bool lacks_row(const Item& item) const;
  bool hold_back(const Item& item);
  void match_held_back();
  void load_bases(std::span<Item> items);
  void load_rows(std::span<Item> items);
  void match_by_hook(Item& item);
  void decide_item(Item& item, bool gone_confirmed = false);
  std::vector<Verdict> ask_conflict_hook(const Item& item);
  void route(std::span<Item> items);

  // Names of members: run_names.cpp
  void recall_names();
  void remember_names(SyncEntry& entry) const;
  void tell_unmet_rules();
  bool has_mapped_all() const;
  bool may_be_missing(const Field& field) const;
  static std::string near_member(const Field& field, const std::vector<std::string>& unmapped);

  // Conflicts of pairs that are none any more: run_apart.cpp
  bool has_its_row(std::size_t link) const;
  std::string apart_by(const ConflictEntry& open, std::optional<std::size_t> link) const;
  void tell_apart(const ConflictEntry& open, const std::string& why);
  void refuse_outside(const ConflictEntry& open, std::optional<std::size_t> link);
  bool may_resolve(const Facts& facts) const;

  // Plans and resolutions: run_plan.cpp
  void decided(const Item& item);
  void foresee_conflicts(const Item& item);
  bool was_shown(const Item& item, std::size_t ordinal) const;
  bool was_decided(const Item& item, std::size_t ordinal) const;
  void keep_unsendable(const Item& item);
  void sight(const Item& item);
  void sight_unchanged(const Link& link);
  bool as_planned(const Item& item);
  const Verdict* settled_by_person(const Item& item);
  std::string refused_by_rules(const Item& item, std::size_t ordinal) const;
  void check_seen(const Item& item, std::size_t ordinal, const Resolution& resolution) const;

  void route_one(Item& item, std::vector<Insertion>& insertions);
  void wait_to_write(Item& item);
  void insert(std::vector<Insertion> insertions);
  bool assign_owner(Insertion& insertion);
  bool maps_outside(const Item& item) const;
  std::string owned_outside(const Json::Object& owned) const;
  std::string fill_key(Json::Object& owned, Row there) const;
  void settle_unchanged(const Item& item);
  void reject(const Item& item, const std::string& reason);
  void set_aside(const Item& item, const std::string& reason);
  bool shares_id(const Item& item) const;
  std::string contradiction() const;
  std::string_view label_of(std::string_view raw, std::string_view id);

  // What a list no longer names, where the list alone concludes: run_missing.cpp
  bool list_concludes() const;
  std::int64_t scope() const;
  void conclude_by_list();
  std::vector<Item> missing_from_list();
  void settle_missing(std::vector<Item> missing);
  bool stand_in_last_known(Item& item);
  void wait_for_missing(const Item& item);
  void remember_scope();

  // Once the list is complete: run_apply.cpp
  std::vector<Item> find_missing();
  bool was_made_lately(std::string_view id);
  bool is_settling(const Item& item);
  void tell_waiting_edits(Item item);
  void tell_unknown_ids(const std::vector<Item>& missing);
  struct Missing {
    std::uint64_t news = 0, known = 0;
  };
  Missing count_missing(const std::vector<Item>& missing) const;
  [[noreturn]] void refuse_missing(const Missing& count) const;
  void conclude_each(std::vector<Item> missing, void (Run::*step)(std::vector<Item>));
  void conclude(std::vector<Item> missing);
  bool is_of_another_row(std::uint32_t link, std::size_t row) const;
  void count_local_only();
  void report_shared_ids();
  bool wait_to_send(Item& item);
  std::vector<Item> items_of(std::span<const WaitingRecord> chunk);
  void apply(std::vector<WaitingRecord> chunk, int attempt);
  void apply_one(Item& item, std::vector<Item*>& local, std::vector<Item*>& remote);
  std::vector<const Item*> overwrite(std::span<Item* const> items);
  void tell(const RecordChange& change);
  void tell_applied(std::uint64_t records);

  // What a dry run foresees: run_foresee.cpp
  Foresight& foresight();
  void foresee(Item& item);
  std::vector<Value> cells_to_come(const Item& item);
  void foresee_insert(const Insertion& insertion, RecordChange change);
  void wait_for_others(const Item& item, std::optional<std::size_t> expected, std::vector<RecordChange> changes);
  void keep_out(const Insertion& insertion);
  bool sends_new_rows();
  void know_claims(std::span<Item> items);
  std::string stands_in_way(const Item& item);
  std::string in_way_of(const Item& item, const Undecided& other) const;
  void tell_foreseen(const std::vector<RecordChange>& changes);
  void tell_sent_all_the_same(std::vector<RecordChange> changes);
  void refuse_foreseen(const Item& item, const std::string& reason);
  void tell_unforeseen();
  void conclude_foresight();
  void plan_refusal(const Item& item, const std::string& reason);
  void plan_refusal(const Item& item, std::size_t sighting, const std::string& reason);

  // Rows that stand in each other's way: run_refused.cpp
  std::string way_out(const Item& item, const std::string& holder) const;
  std::string refusal_of(const Insertion& insertion);
  std::string refusal_of(const Overwrite& overwrite);
  void postpone(const Item& item);
  bool may_wait_for_others(const Arrival& arrival) const;
  void postpone_rest(const Item& item, const std::vector<FieldChange>& rest);
  bool is_rest(const Item& item) const;
  void apply_refused();
  void insert_refused();

  // Remote writes: run_send.cpp
  struct Shipment;
  void send(std::span<Item*> items);
  void begin(std::vector<Shipment>& shipments, std::size_t ticket, std::vector<std::size_t>& ready);
  bool take_fresh(Shipment& shipment, Courier::Reply reply);
  bool prepare(Shipment& shipment);
  void promise_create(Shipment& shipment);
  std::optional<Json> compose(Item& item, std::string_view marker);
  bool ask_payload_hook(Item& item, Json& body);
  void keep_pending(Item& item, const std::vector<Outgoing::HeldBack>& held);
  void tell_left_out_secrets(const Item& item, const Json& body);
  bool keep_what_is_left_out(Item& item, const Json& body, const std::vector<std::string>& meant);
  std::optional<Error> reason_to_stop(const Courier::Reply& reply);
  bool receive(Shipment& shipment, Courier::Reply reply);
  void dispatch(Shipment& shipment, std::size_t ticket);
  struct Sending {
    bool update;
    std::string id;
    std::string standing;  ///< the item before
    std::shared_ptr<const Json> body;
  };
  Document carry_out(const Sending& sending, Call& call) const;
  Json remote_fields(const Item& item) const;
  Json promised_fields(const Item& item) const;
  Json promised_on_both_sides(const Item& item) const;
  std::optional<Json> raw_before(const Item& item, const FieldChange& change, const Json& standing) const;
  void finish(Shipment& shipment, Courier::Reply reply);
  std::string answered_with_anothers(const Shipment& shipment, const Document& document) const;
  void take_reply(Shipment& shipment, const Document& document);
  void take_answer(Item& item, const Document& document, const Json& sent, Arrival& arrival);
  void bring_back(Item& item, Row shown);
  void take_identity(Item& item, std::string_view old_id, Arrival& arrival);
  void find_not_taken(Item& item, const Json& sent, Row shown);
  void keep_what_the_hook_sent(Item& item, Row shown);
  void send_failed(Shipment& shipment, const Error& failure);
  void refuse(const Item& item, const Error& failure);
  std::optional<Error> hook_failure() const;
  void check_hook() const;

  // Undoing an earlier run: run_rollback.cpp
  void roll_back();
  void read_journal();
  void promise_wishes(const std::vector<std::int64_t>& runs);
  void look_at(std::span<const std::uint32_t> links);
  std::vector<Item> items_to_restore(std::span<const std::uint32_t> links);
  void fetch_present(std::span<Item> items);
  void stand_in_base(Item& item);
  void decide_rollback(Item& item);
  Row answer_to_come(const Item& item);
  void settle_rollback(const Item& item);
  std::array<std::string, kModes.size()> next_refusals();
  void report_left();
  void note_stored(const Item& item, Json& fields) const;

  // Which row is whose, where ids and keys alone do not tell: run_identity.cpp
  void find_reused_keys();
  bool is_row_of_link(Item& item);
  bool is_agreed_row(const Item& item) const;
  bool is_bare(const Facts& facts) const;
  bool looks_agreed(const Facts& facts) const;
  bool await_list(const Item& item, std::string_view raw);
  std::optional<Marker> own_marker(std::string_view raw) const;
  std::optional<Marker> marker_of_database(std::string_view raw) const;
  void settle_awaited();
  bool settle_new(Item& item);
  void take_up_successor(Item& item);
  void claim_successor(Item& item, std::string_view key);
  std::string made_anew_for(std::string_view id);
  bool settle_moved(const Item& item);
  bool settle_marked(Item& item);
  bool shape_for_a_look(Item& probe);
  bool looks_like_row(const Item& item, std::string_view key);
  void tell_twin_of_marker(const Item& item, std::string_view other);
  bool is_twin(std::uint32_t link, const std::string& marker);
  bool settle_like(const Item& item);
  bool has_live_twin(const Item& item);
  const LikeIds& like_ids();
  bool is_live(const LikeIds::Entry& entry) const;
  bool bears_row(const LikeIds::Entry& entry) const;
  void tell_like(std::string_view listed, std::string_view borne, std::string_view key);
  /// " --sync NAME", where commands about one pair must say whose it is.
  std::string sync_option() const { return sync_.configured.size() > 1 ? " --sync " + sync_.name : std::string(); }
  std::string row_name(std::string_view key) const { return "row " + std::string(key) + " of " + target_.table.name; }

  // Rows that come from other syncs: run_moved.cpp
  void take_over_moved();
  std::vector<Newcomer> find_newcomers();
  void consider(const Newcomer& row, Takeover& takeover);
  std::optional<std::size_t> link_that_moved(const Newcomer& row, const Neighbour& former);
  std::string bearer_in(const Neighbour& former, std::string_view remote_id);
  bool is_row_of(const Link& link, const std::string& key);
  void take_link(Link link, Takeover& takeover);
  bool is_later(const Link& own, const Link& theirs);
  void give_up_doubles(Takeover& takeover);
  bool has_any_row(const Link& link);
  void take_over(Takeover& takeover);
  bool is_still_so(Takeover& takeover, const Neighbour& former);
  void withhold(const Takeover& takeover, const std::string& former);
  void find_open_entries(Handover& what, const Neighbour& former);
  void take_rules(Handover& what, const Neighbour& former);
  void take_up(const Handover& what, const Neighbour& former);
  std::vector<ConflictEntry> open_conflicts();
  std::vector<RejectedEntry> open_rejections();
  std::unordered_map<std::int64_t, Json> rule_sets();
  void tell_withheld();

  // Items that are other syncs', or whose rows are outside: run_neighbours.cpp
  static bool is_unowned(const Item& item);
  bool is_left_alone(const Item& item) const;
  void leave_to_neighbours(std::vector<Item>& items);
  bool is_outside_row(const std::string& key);
  bool awaits_outside_row(const Item& item, const std::string& key);

  // Lists that lag behind: run_lagging.cpp
  bool ask_again(Item& item);
  bool catch_up(Item& item);
  bool was_replaced_lately(std::string_view id, const std::string& column, const Json& value);
  bool may_lag(const Item& item);
  std::vector<Item> take_lagging(std::vector<Item>& items);

  // Items whose rows went on with those of another account: run_left_behind.cpp
  void find_left_behind();
  Rows row_outside(std::size_t link);
  bool is_agreed_outside(std::size_t link);
  bool is_agreed_with(const Link& link, const Base& base, Row stored);
  void tell_left_behind();

  // Lists that may not show markers: run_hidden.cpp
  void note_marker_place(const ReadRecord& record);
  bool awaits_markers() const;
  bool await_marker(const Item& item);
  bool has_unfound_create() const;
  bool finds_witness();
  void settle_hidden();
  bool look_for_hidden_marker(Item& item, std::size_t& looks);
  void tell_unseen();

  // Items of nobody that may be a row's: run_counterparts.cpp
  void find_counterparts();
  bool is_of_lost_row(const Item& item);
  bool is_counterpart(const Item& item);
  std::string stands_before(const Item& item, std::string_view key) const;
  std::string no_second_of(const Item& item, std::string_view key, const std::string& of_row) const;
  bool is_counterpart_elsewhere(const Item& item);
  void tell_counterpart(const Item& item, std::string_view key, const std::string& of_row);
  bool equals_row(const Item& item, std::string_view key);
  bool equals_row(const Item& item, Row stored);
  bool makes_anew() const;
  std::vector<std::uint32_t> missing_like(std::string_view label);
  bool label_tells() const;
  void index_labels();
  bool may_stand_for_missing(std::string_view raw);
  bool settle_made_anew(const Item& item);
  void tell_made_anew(Item item, std::uint32_t link);
  bool looks_as_known(const Item& item, std::uint32_t link);

  // Items that were gone, and are there again: run_back.cpp
  const std::unordered_map<std::string, std::string>& replaced();
  bool was_replaced(std::string_view id);
  std::string successor_of(const std::string& id);
  std::string made_in_place_of(const std::string& id, const std::string& key);
  bool is_back(const Item& item);
  bool is_back_late(const Item& item);
  bool is_there(const std::string& id);

  // Rows that may be those of items whose rows are gone: run_lookalikes.cpp
  void find_lookalikes();
  std::vector<std::uint32_t> links_without_row() const;
  std::vector<std::uint32_t> rows_without_item() const;
  void each_print_of_rows(std::span<const std::uint32_t> locals,
                          const std::function<void(std::uint32_t, const std::vector<CellPrint>&)>& work);
  void check_loaded_anew(std::uint64_t gone, std::uint64_t fresh) const;
  bool is_remade(const Item& item);
  void tell_remade(const Item& item, std::string_view key, const std::string& of_row, const std::string& of_item);

  // The same where row and item are of neighbours: run_remade_elsewhere.cpp
  void find_remade_elsewhere();
  void each_row_elsewhere(const std::function<void(Row, const std::string&)>& work);
  bool is_tied_elsewhere(Row row);
  bool is_remade_elsewhere(const Item& item);
  void find_lost_elsewhere();
  void each_lost_link(const Neighbour& neighbour, const std::function<void(std::uint32_t, std::vector<CellPrint>)>& work);
  std::vector<std::uint32_t> links_without_bearer(const Neighbour& neighbour);
  std::vector<CellPrint> prints_of_lost(const Link& link, const std::unordered_map<std::int64_t, Base>& bases,
                                        const std::unordered_map<std::string, Row>& rows);
  void note_lost_elsewhere(std::string_view id);
  void settle_lost_elsewhere();
  void take_over_lost_creates();
  void leave_withheld(const Takeover& takeover);
  void find_creates_elsewhere(std::span<const IntentEntry> lost);

  // What an earlier run left open: run_recover.cpp
  void recover();
  void load_intents();
  void keep_open(const IntentEntry& intent);
  void load_open_conflicts();
  void take_open_conflicts(Item& item);
  void claim_created(Item& item);
  bool is_row_of_create(const std::string& key, const Json& sent);
  void follow_rows_made_again();
  std::string row_of_lost_create(const IntentEntry& intent);
  enum class Likeness : std::uint8_t { None, Alike, Equal };
  Likeness likeness_to_sent(const std::string& key, const Json& sent);
  Likeness likeness_to_sent(Item probe, const Json& sent);
  void claim_row(Item& item, std::string_view key);
  void claim_link(Item& item, std::uint32_t link);
  void drop_open_create();
  void take_word_on_create();
  std::string id_borne_by(std::string_view key) const;
  void check_free(const std::string& id, const std::string& key) const;
  std::string marker_in(std::string_view raw) const;
  bool hides_marker(const Item& item);
  bool is_ruled_out(const Item& item) const;
  bool is_ruled_out_by_marker(const Item& item) const;
  void meet_stranger(const Item& item);
  bool has_imported_since(const IntentEntry& promise);
  bool may_be_open_create(const Item& item);
  Value value_sent(const Json& sent, std::size_t ordinal);
  bool looks_as_sent(const Item& item, const Json& sent);
  void tell_suspect(const Item& item, const std::string& key);
  void look_for_marker(const Item& item, const std::string& marker);
  void find_dropped_markers(std::span<const Item> items);
  void markers_are_kept();
  void learn_of_markers();
  bool is_suspected(const IntentEntry& promise);
  void markers_are_dropped();
  void finish_create(const Item& item);
  IntentState intent_of(const Item& item);

  // Writes that an earlier run promised and never saw confirmed: run_promised.cpp
  void take_promises(Item& item);
  void forget_prints(Item& item, const Json& shown) const;
  void keep_promises(const Item& item);
  void close_unreached(std::string_view remote_id);
  void made_for_nobody(const Item& item);
  void close_left_intents();
  bool is_answered(const IntentEntry& create);
  bool has_row(std::string_view key) const;

  const Link* link_of(const Item& item) const { return item.link == kNoIndex ? nullptr : &links_[item.link]; }

  const Clock& clock_;
  std::stop_token stop_;
  Sync& sync_;
  const RunOptions& options_;
  Observer& observer_;
  const Mapping& mapping_;
  Policy policy_;
  SyncReport report_;
  Tally tally_;
  State state_;
  Links links_;
  SecretPaths secrets_;
  Target target_;
  RowScope scope_;
  LocalRows locals_;
  Host host_;
  Shaper shaper_;
  References references_;
  NaturalKeys natural_;
  FactsBuilder facts_;
  Chronicle chronicle_;
  Accounts accounts_;
  Neighbours neighbours_;
  std::map<std::string, std::string> withheld_;    ///< rows that a neighbour has for now: key → why
  std::vector<ConflictEntry> foreseen_conflicts_;  ///< that a dry run takes over
  std::vector<RejectedEntry> foreseen_rejections_;
  std::unordered_set<std::string> of_outside_rows_;  ///< items that a create of a row made that is outside
  Spool spool_;
  std::unique_ptr<Spool> refused_updates_, refused_inserts_;  ///< by a constraint, which may be kept once the other rows are written
  std::unordered_map<std::string, Hash128> half_written_;     ///< ids of patched items → what their rows are still to get
  bool last_try_ = false;
  std::unique_ptr<Foresight> foresight_;  ///< made when it is asked: all rows of a dry run, the refused new rows of every other
  std::vector<Undecided> undecided_;      ///< by foresight_'s numbers
  /// Items that an export gives no row, and what their rows would claim where values must be unique.
  struct Unowned {
    Foresight foresight;
    std::vector<Undecided> items;
  };
  std::unique_ptr<Unowned> unowned_;
  std::optional<bool> sends_new_rows_;
  Shape owned_shape_;  ///< names of the owned columns

  Meter meter_;
  Call call_;
  std::unique_ptr<PageStream> stream_;
  IdStream* id_stream_ = nullptr;  ///< stream_, when only some ids are asked for
  std::unique_ptr<Reader> reader_;

  std::unique_ptr<Lease> own_lease_;
  Lease* lease_ = nullptr;  ///< own_lease_, or the caller's
  SyncEntry entry_;
  std::string former_name_;         ///< of the sync, where its name has changed since its last run
  std::unique_ptr<Writer> writer_;  ///< null in a dry run
  RunEntry run_;

  std::unique_ptr<Rollback> rollback_;  ///< null in every other run
  std::unique_ptr<Courier> courier_;
  Reachability reachability_;
  std::vector<Item*> later_;                                   ///< of a chunk: what turned out to need a local write only
  std::unordered_map<std::string, IntentEntry> open_creates_;  ///< by local key
  std::unordered_set<std::string> suspected_;                  ///< of these: an item without marker looks like it
  bool reading_ = false;                                       ///< the list, and what it leads to
  bool saw_marker_ = false;                                    ///< one was shown that this database gave
  bool asks_for_want_of_markers_ = false;                      ///< something waits that would not if markers were known to be kept
  bool strangers_ = false;                                     ///< the list names an item of nobody that may be one's
  bool unread_ = false;                                        ///< one was not to be read that may be
  std::optional<Micros> last_insert_;                          ///< when an import last gave an item a row; asked for once
  std::unordered_map<std::string, std::vector<IntentEntry>> open_updates_;  ///< by remote id

  std::vector<ColumnNames> renamed_;       ///< columns that this run met under another name, in the order in which it found out
  std::set<std::string> exchanged_since_;  ///< names that meant others in the run that this one undoes
  std::set<std::string> exchanged_;        ///< those that bear a name that was another's, or have given theirs away
  std::unordered_map<std::int64_t, OpenConflicts> contested_;  ///< when the run began, by link's id
  bool decides_contested_ = false;                             ///< this run decides what was left to a person
  bool names_known_ = false;                                   ///< the first page named something known
  bool first_page_ = true;                                     ///< of the list has not come yet
  Verdict person_{};                                           ///< of options_.resolution, for the record at hand
  std::optional<std::string> owner_match_;                     ///< what a new record must hold to belong to --owner
  /// A record that is decided upon when the list is complete: which row it belongs to depends on what else is there.
  struct Awaited {
    std::string id, raw;
    Hash128 hash;
    std::uint32_t link;
  };
  std::vector<Awaited> awaited_;
  std::unordered_map<std::string, std::string> marked_;  ///< marker → the id that was linked by it in this run
  std::unordered_set<std::string> claimed_;              ///< ids whose marker led to their row
  bool list_shows_markers_ = false;                      ///< the place of the marker was seen in this run's list
  bool list_hides_markers_ = false;                      ///< an item has a marker that this run's list does not show
  std::vector<std::uint32_t> witnesses_;                 ///< links that the list names as they were
  std::unique_ptr<Spool> hidden_;                        ///< items of nobody of which the list shows no place for a marker
  std::size_t unseen_ = 0;                               ///< of these: not asked for
  std::optional<LikeIds> like_ids_;
  std::optional<Lookalikes> lookalikes_;
  /// A row without an id in a neighbour's `where`.
  struct RowElsewhere {
    std::string key, sync;
  };
  std::vector<RowElsewhere> rows_elsewhere_;
  std::optional<Lookalikes> alike_elsewhere_;  ///< links whose row is gone, and of rows_elsewhere_ those that look like it
  /// An item that a neighbour has linked, and whose row is gone.
  struct LostElsewhere {
    std::string sync;               ///< the neighbour's
    std::vector<std::size_t> rows;  ///< of this run, that look like the row that it had
    bool listed = false;
  };
  std::map<std::string, LostElsewhere, std::less<>> lost_elsewhere_;  ///< by id
  std::unordered_set<std::string> made_elsewhere_;                    ///< keys of open creates whose row may be one of a neighbour's
  std::optional<Counterparts> counterparts_;
  std::optional<Counterparts> counterparts_elsewhere_;  ///< of maybe_of_nobody_
  std::vector<RowElsewhere> maybe_of_nobody_;
  std::optional<std::unordered_multimap<std::string, std::size_t>> by_label_;  ///< links, by what their rows are called (like_form)
  std::optional<std::unordered_map<std::string, std::string>> replaced_;       ///< see replaced()
  std::map<std::size_t, std::string> left_behind_;                             ///< links; the id that their rows bear now
  std::vector<std::string> modified_path_;                                     ///< of the resource
  json::Peek peek_;
  std::optional<std::unordered_map<std::string, Json::Object>> sent_lately_;  ///< see was_replaced_lately()
  std::uint64_t stood_for_ = 0;                                               ///< items gone missing that another looks like
  std::unordered_set<std::size_t> remade_;                                    ///< local rows that were told of as the row of an item
  std::unordered_set<std::uint32_t> links_set_aside_;
  DatabaseEntry database_;
  std::vector<bool> seen_;  ///< links that the remote named
  Guards guards_;           ///< what waits to be written
  Guards sent_;             ///< what has been sent
  std::optional<Error> stopped_by_guard_;
  std::uint64_t known_links_ = 0;  ///< links of items that were there when the run began
  std::uint64_t remote_count_ = 0;
  std::uint64_t unchanged_by_hash_ = 0;                         ///< records that no rule has looked at
  std::set<std::pair<std::int64_t, std::string>> would_close_;  ///< open conflicts that this run closes, or would: link's id, column
  std::set<std::pair<std::string, std::string>> would_open_;    ///< conflicts that a dry run foresees: remote id, column
  std::unordered_set<std::uint32_t> gone_;                      ///< links whose items a 404, or a list that concludes, says are gone
  Rejections rejections_;
  std::map<std::size_t, int> proven_lost_;    ///< ordinal → items that have lost it, by the list and by their own answers
  std::uint64_t applied_ = 0, to_apply_ = 0;  ///< of what waited for the guards

  // Of the chunk of items at hand.
  Arena arena_;
  Rows rows_;
  std::unordered_map<std::string, std::size_t> row_index_;
  std::unordered_map<std::int64_t, Base> bases_;
};

}  // namespace lockstep
