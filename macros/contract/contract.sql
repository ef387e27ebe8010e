{#
    The input contract, once. Python reads the same text (scripts/contract.py).

    Per stream: about; at (the date that places a row in time); columns; and, where needed, key (else source, source_id),
    at_least_one (one of these must be given), mask (when the named date lies after as_of_date, these columns read as the
    value beside them, or those of the values listed do).
    Per column: type (text, timestamp, date, number, integer, boolean, money: a number in the row's currency, converted),
    about, required, required_unless {column: value}, ref (a source_id of that stream in the same source, or in the source
    that the twin column <name>_source names), values (others read `other`, and are counted), default, min, max,
    not_before (this date may not precede that one).
    Every stream also has: source, source_id (both required), updated_at, is_deleted.
#}
{%- macro contract() -%}
{%- set contract_yaml -%}
version: 1

accounts:
  about: One system's record of an organisation (CRM account, workspace, billing customer, help-desk organisation, list entry)
  at: created_at
  at_least_one: [name, domain]
  columns:
    name: {type: text, about: Name of the organisation as this system spells it}
    domain: {type: text, about: "A domain, web address or e-mail address of the organisation"}
    country: {type: text, about: Country name or ISO 3166 code}
    region: {type: text, about: State or province}
    city: {type: text, about: City}
    address: {type: text, about: Street address}
    postal_code: {type: text, about: Postal code}
    phone: {type: text, about: Telephone number}
    industry: {type: text, about: Industry}
    segment: {type: text, about: "The company's own segment; else derived from size"}
    employees: {type: number, min: 0, about: Number of employees}
    annual_revenue: {type: number, about: Yearly revenue of the organisation}
    account_type: {type: text, values: [customer, prospect, partner, own, other], about: What the organisation is to us; `own` is the vendor itself}
    parent_id: {type: text, ref: accounts, about: Record of the parent organisation}
    owner: {type: text, about: Who looks after the account}
    created_at: {type: timestamp, about: When the record was created}

account_links:
  about: A stated identity decision, above all matching
  at: decided_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record the decision is about}
    other_source: {type: text, required: true, about: Source of the other record}
    other_id: {type: text, required: true, about: source_id of the other record}
    link: {type: text, required: true, values: [same_as, not_same_as, child_of], about: What the decision says}
    decided_by: {type: text, about: Who decided}
    decided_at: {type: timestamp, about: When it was decided}

partners:
  about: One system's record of a partner organisation
  at: joined_at
  columns:
    name: {type: text, required: true, about: Name of the partner}
    domain: {type: text, about: "A domain, web address or e-mail address of the partner"}
    country: {type: text, about: Country name or ISO 3166 code}
    partner_type: {type: text, values: [referral, reseller, services, technology, advisor, marketplace, other], about: What kind of partner it is}
    tier: {type: text, about: Programme tier}
    status: {type: text, about: Status in the programme}
    joined_at: {type: timestamp, about: When the partnership began}
    left_at: {type: timestamp, about: When it ended}
    manager: {type: text, about: Who manages the partner}
  mask: {left_at: {left_at: null, status: active}}

partner_costs:
  about: What the company invests in a partner
  at: incurred_at
  columns:
    partner_id: {type: text, required: true, ref: partners, about: The partner}
    kind: {type: text, values: [commission, market_development, headcount, enablement, other], about: What the money was for}
    amount: {type: money, required: true, about: Cost in the reporting currency}
    currency: {type: text, about: ISO 4217 code of the amount as given}
    incurred_at: {type: timestamp, required: true, about: When the cost was incurred}

people:
  about: One position of one person at one organisation
  at: started_at
  at_least_one: [account_id, partner_id]
  columns:
    email: {type: text, about: E-mail address}
    full_name: {type: text, about: Name of the person}
    title: {type: text, about: Job title}
    seniority: {type: text, values: [c_level, vp, director, manager, individual, other], about: Level of the position}
    account_id: {type: text, ref: accounts, about: The account record the person works at}
    partner_id: {type: text, ref: partners, about: The partner record the person works at}
    role: {type: text, values: [champion, decision_maker, user, admin, consultant, advisor, board, other], about: Role towards us}
    started_at: {type: timestamp, about: When the position began}
    ended_at: {type: timestamp, not_before: started_at, about: When the position ended}
  mask: {ended_at: {ended_at: null}}

opportunities:
  about: A deal
  at: created_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record of the deal}
    kind: {type: text, values: [new, expansion, renewal, other], about: Kind of business}
    amount: {type: money, about: Value of the deal in the reporting currency}
    currency: {type: text, about: ISO 4217 code of the amount as given}
    created_at: {type: timestamp, required: true, about: When the deal was created}
    qualified_at: {type: timestamp, about: When sales accepted it}
    closed_at: {type: timestamp, about: When it was won or lost}
    stage: {type: text, about: Stage as the system names it}
    status: {type: text, required: true, values: [open, won, lost], about: Where the deal stands}
    sourced_by_partner_id: {type: text, ref: partners, about: The partner stated to have brought the deal}
    lost_reason: {type: text, about: Why it was lost}
  mask: {closed_at: {closed_at: null, status: open, stage: null, lost_reason: null}, qualified_at: {qualified_at: null}}

opportunity_partners:
  about: A partner's stated role on a deal
  at: declared_at
  columns:
    opportunity_id: {type: text, required: true, ref: opportunities, about: The deal}
    partner_id: {type: text, required: true, ref: partners, about: The partner}
    role: {type: text, values: [sourcing, influencing, cosell, resale, implementation, other], about: What the partner did on it}
    is_primary: {type: boolean, about: Whether the partner is the main one on the deal}
    declared_at: {type: timestamp, about: When the role was recorded}

opportunity_people:
  about: A person in the buying group of a deal
  at: added_at
  columns:
    opportunity_id: {type: text, required: true, ref: opportunities, about: The deal}
    person_id: {type: text, required: true, ref: people, about: The person}
    role: {type: text, values: [champion, decision_maker, economic_buyer, evaluator, user, blocker, other], about: Role in the decision}
    added_at: {type: timestamp, about: When the person was added}

touches:
  about: "One thing that a partner, or the company's own team, did at an account"
  at: occurred_at
  columns:
    actor: {type: text, values: [partner, own_team], default: partner, about: Who acted}
    partner_id: {type: text, ref: partners, required_unless: {actor: own_team}, about: The partner that acted}
    account_id: {type: text, required: true, ref: accounts, about: The account record it happened at}
    touch_type: {type: text, required: true, about: Key of the touch type seed; unknown ones count as `other`}
    occurred_at: {type: timestamp, required: true, about: When it happened}
    opportunity_id: {type: text, ref: opportunities, about: The deal it belonged to}
    partner_person_id: {type: text, ref: people, about: "The partner's person"}
    account_person_id: {type: text, ref: people, about: "The account's person"}
    duration_minutes: {type: number, min: 0, about: How long it took}
    quality: {type: number, min: 0, max: 1, about: "How well it went, 0 to 1"}
    evidence: {type: text, values: [observed, system, declared], default: system, about: How the touch is known}
    sharing_scope: {type: text, values: [open, restricted], about: Restricted rows count but are never shown}
    retain_until: {type: date, about: Day after which the row must no longer be used}

relationships:
  about: A standing tie
  at: started_at
  columns:
    kind: {type: text, required: true, values: [serves, overlap, advises, board_seat, alumni, integrates_with, uses_technology, refers, other], about: Kind of tie}
    from_type: {type: text, required: true, values: [account, partner, person, solution], about: What the tie starts from}
    from_id: {type: text, required: true, ref: from_type, about: source_id of the record it starts from}
    to_type: {type: text, required: true, values: [account, partner, person, solution], about: What the tie leads to}
    to_id: {type: text, required: true, ref: to_type, about: source_id of the record it leads to}
    started_at: {type: timestamp, about: When the tie began}
    ended_at: {type: timestamp, not_before: started_at, about: When it ended}
    strength: {type: number, min: 0, max: 1, about: "How strong it is, 0 to 1"}
    visibility: {type: text, values: [observed, not_shared, unknown], about: What is known of it; absence never means none}
    sharing_scope: {type: text, values: [open, restricted], about: Restricted rows count but are never shown}
    retain_until: {type: date, about: Day after which the row must no longer be used}
  mask: {ended_at: {ended_at: null}}

milestones:
  about: A stated lifecycle date
  at: occurred_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    milestone: {type: text, required: true, values: [need, selected, onboarding_started, go_live, first_value, churned], about: Which milestone}
    occurred_at: {type: timestamp, required: true, about: When it was reached}

subscriptions:
  about: One contract term of one product
  at: started_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    product: {type: text, about: The product}
    started_at: {type: timestamp, required: true, about: When the term began}
    term_end: {type: timestamp, not_before: started_at, about: "When the term ends as contracted; may lie in the future"}
    ended_at: {type: timestamp, not_before: started_at, about: When the term ended as it happened}
    arr: {type: money, required: true, min: 0, about: Annual recurring revenue in the reporting currency}
    currency: {type: text, about: ISO 4217 code of the amount as given}
    seats: {type: number, min: 0, about: Seats bought}
    status: {type: text, values: [trial, active, paused, ended, cancelled], about: Status of the term}
    outcome: {type: text, values: [renewed, expanded, contracted, churned], about: Outcome as stated; else inferred}
  mask: {ended_at: {ended_at: null, status: {ended: active, cancelled: active}, outcome: null}}

usage:
  about: "One account's use of a product on one day"
  at: day
  key: [source, account_id, day, product]
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    day: {type: date, required: true, about: The day}
    product: {type: text, about: The product; empty is one product}
    active_users: {type: number, min: 0, about: People active that day}
    events: {type: number, min: 0, about: Product events that day}
    features_used: {type: number, min: 0, about: Distinct features used that day}

solutions:
  about: "What covers a need, and whose it is"
  columns:
    solution: {type: text, required: true, about: "The name that a subscription's product or a set-up event carries"}
    provider: {type: text, required: true, values: [vendor, partner], about: Whose it is}
    partner_id: {type: text, ref: partners, about: "The partner, where it is a partner's"}
    need: {type: text, required: true, about: Key of the need taxonomy}
    coverage: {type: number, min: 0, max: 1, about: "Share of the need it covers, 0 to 1"}

setup_events:
  about: A step towards running the product
  at: occurred_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    event: {type: text, required: true, values: [integration_activated, integration_deactivated, admin_configured, security_step_started, security_step_passed, security_step_failed, data_ready, user_provisioned, other], about: What happened}
    occurred_at: {type: timestamp, required: true, about: When it happened}
    solution_id: {type: text, ref: solutions, about: The solution concerned}

signals:
  about: An outside or buying signal
  at: occurred_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    person_id: {type: text, ref: people, about: The person}
    family: {type: text, required: true, values: [intent, marketing, community, marketplace, partner, other], about: Family of the signal}
    event: {type: text, required: true, about: What happened}
    occurred_at: {type: timestamp, required: true, about: When it happened}
    strength: {type: number, min: 0, max: 1, about: "How strong it is, 0 to 1"}
    sharing_scope: {type: text, values: [open, restricted], about: Restricted rows count but are never shown}
    retain_until: {type: date, about: Day after which the row must no longer be used}

tickets:
  about: A support case
  at: opened_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    opened_at: {type: timestamp, required: true, about: When it was opened}
    closed_at: {type: timestamp, not_before: opened_at, about: When it was closed}
    severity: {type: text, values: [low, normal, high, critical], about: How severe}
    escalated: {type: boolean, about: Whether it was escalated}
    csat: {type: number, min: 0, max: 1, about: "Satisfaction with the case, 0 to 1"}
    partner_id: {type: text, ref: partners, about: The partner concerned}
  mask: {closed_at: {closed_at: null, csat: null}}

feedback:
  about: A voice of the customer
  at: occurred_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    person_id: {type: text, ref: people, about: The person}
    kind: {type: text, required: true, values: [nps, csat, review, reference, referral, case_study], about: Kind of feedback}
    score: {type: number, min: 0, max: 10, about: "nps 0 to 10, csat 0 to 1, review 1 to 5, else empty"}
    occurred_at: {type: timestamp, required: true, about: When it was given}

needs:
  about: Something the customer needs
  at: stated_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    need: {type: text, required: true, about: Key of the need taxonomy}
    weight: {type: number, min: 0, about: How much it matters}
    stated_at: {type: timestamp, about: When it was stated}

actions:
  about: A play that somebody carried out
  at: acted_at
  columns:
    account_id: {type: text, required: true, ref: accounts, about: The account record}
    play: {type: text, required: true, about: The play}
    reason_code: {type: text, about: The reason that led to it}
    raised_at: {type: timestamp, about: When the reason was raised}
    acted_at: {type: timestamp, required: true, about: When the play was carried out}
    actor: {type: text, about: Who acted}
    is_holdout: {type: boolean, about: Whether the account was held out as a control}
{%- endset -%}
{{ return(fromyaml(contract_yaml)) }}
{%- endmacro -%}
