// Package schema says what is stored: one file per table. It knows columns, bounds and indexes, and no rule of business.
//
// Tables name each other by plain ids and have no foreign keys: a deleted group's keys leave later, in a task, and history
// keeps the ids of what is gone.
package schema
